"""Settings → Address: where the store answers, and which address is first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from stores.admin import log
from stores.admin.pages import Effect, confirm
from stores.admin.reading import ReadAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, staff_of
from stores.errors import HostTaken
from stores.models import Domain
from stores.roles import Area
from stores.services.domains import checking, keeping
from stores.services.domains.names import BadName, Record, clean_host, records_for
from stores.services.domains.timing import lost_on
from stores.services.log import write

STATES = {
    "waiting": (pgettext_lazy("domain", "waiting for its records"), "warn"),
    "verified": (pgettext_lazy("domain", "ready; leads to the first address"), "good"),
    "primary": (pgettext_lazy("domain", "the first address"), "good"),
    "former": (pgettext_lazy("domain", "former; leads to the first address"), "empty"),
    "lost": (pgettext_lazy("domain", "lost"), "bad"),
}
PROBLEMS = {
    "token": gettext_lazy("The TXT record is not there yet, or says something else."),
    "address": gettext_lazy("The domain is proved, but it does not lead here yet."),
    "taken": gettext_lazy(
        "This domain leads to another store here. It has to be removed there first."
    ),
}
RECORD_SENTENCES = {
    "CNAME": gettext_lazy("Leads the name to your store."),
    "ALIAS": gettext_lazy(
        "Leads the domain to your store. Some companies call it ANAME, or CNAME flattening."
    ),
    "A": gettext_lazy("Leads the domain to your store."),
    "AAAA": gettext_lazy("Leads the domain to your store."),
    "TXT": gettext_lazy(
        "Proves that the domain is yours. Leave it there for as long as you use it."
    ),
}


class HostForm(forms.Form):
    """A domain somebody owns."""

    host = forms.CharField(
        label=gettext_lazy("Your domain"),
        max_length=300,
        widget=forms.TextInput({"dir": "ltr", "autocapitalize": "none", "inputmode": "url"}),
        help_text=gettext_lazy("Such as www.my-shop.com. Hebrew domains work too."),
    )

    def clean_host(self) -> str:
        """Return the host in ASCII, or say why it cannot be."""
        try:
            return clean_host(self.cleaned_data["host"])
        except BadName as error:
            sentence = (
                _("This name is the platform's. Write a domain that you own.")
                if error.code == "ours"
                else _("This is not a domain. Write it like www.my-shop.com.")
            )
            raise forms.ValidationError(sentence) from error


class LabelForm(forms.Form):
    """The first word of the address on the platform."""

    label = forms.CharField(
        label=gettext_lazy("The new name"),
        max_length=40,
        widget=forms.TextInput({"dir": "ltr", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("It stands before .%(suffix)s: 3 to 40 small Latin letters, digits and hyphens.")
        self.fields["label"].help_text = words % {"suffix": settings.STORE_HOST_SUFFIX}

    def clean_label(self) -> str:
        """Return it in small letters."""
        return str(self.cleaned_data["label"]).strip().lower()


class DomainAdmin(ReadAdmin):
    """The addresses of a store; each opens on what it needs and what can be done with it."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, pgettext_lazy("menu", "Address"), 3)
    lead = gettext_lazy(
        "Where your shop is found. One address is the first; all others lead there."
    )
    add_verb = gettext_lazy("Use a domain of your own")
    change_form_template = "admin/domain.html"
    ordering = ("-is_primary", "kept_until", "id")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add what can be done: each act is a page of its own."""
        acts = {
            "new/": ("new", self.new_view),
            "rename/": ("rename", self.rename_view),
            "<int:pk>/check/": ("check", self.check_view),
            "<int:pk>/first/": ("first", self.first_view),
            "<int:pk>/remove/": ("remove", self.remove_view),
        }
        own = [
            path(at, self.admin_site.admin_view(view), name=f"stores_domain_{name}")
            for at, (name, view) in acts.items()
        ]
        return [*own, *super().get_urls()]

    def add_url(self, request: HttpRequest) -> str:
        """Return where a domain is added."""
        return self.url_for("new") if self.has_change_permission(request) else ""

    def row(self, request: HttpRequest, item: Domain) -> Row:
        """Return an address and its state."""
        state, tone = STATES[item.state]
        return Row(
            name=item.shown, url=self.url_of(item), state=state, tone=tone, detail=detail_of(item)
        )

    def form_context(self, request: HttpRequest, item: Domain | None) -> dict[str, Any]:
        """Return the records it needs, and what was found."""
        if item is None:
            return {}
        state, tone = STATES[item.state]
        may = self.has_change_permission(request)
        is_asked = not item.is_ours and may
        return {
            "domain": item,
            "state": state,
            "tone": tone,
            "detail": detail_of(item),
            "records": [] if item.is_ours else self.records(item),
            "check_url": self.url_for("check", item.pk) if is_asked else "",
        }

    def records(self, item: Domain) -> list[tuple[Record, Any]]:
        """Return each record with what it is for."""
        found = records_for(item.host, token=item.token, target=checking.own_host())
        return [(each, RECORD_SENTENCES[each.kind]) for each in found]

    def acts(self, request: HttpRequest, item: Domain | None) -> list[tuple[Any, str]]:
        """Offer what this address allows."""
        if item is None or not self.has_change_permission(request):
            return []
        found: list[tuple[Any, str]] = []
        if item.state == "verified":
            found.append((_("Make it the first address"), self.url_for("first", item.pk)))
        if item.is_ours and item.kept_until is None:
            found.append((_("Change its name"), self.url_for("rename")))
        if not item.is_ours:
            found.append((_("Remove"), self.url_for("remove", item.pk)))
        return found

    # -- acts

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Write a domain down and show what it needs."""
        self._must_change(request)
        form = HostForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                domain = keeping.add_domain(form.cleaned_data["host"], now=clock.now())
            except keeping.TooMany:
                form.add_error("host", _("Ten domains are the most. Remove one first."))
            else:
                write(staff_of(request), log.ADD, domain)
                return HttpResponseRedirect(self.url_of(domain))
        effect = Effect(
            title=_("Use a domain of your own"),
            verb=_("Continue"),
            sentences=[
                _("On the next page you see what to write where you bought the domain."),
                _("Nothing changes in your shop until you make the domain its first address."),
            ],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect, form)

    def rename_view(self, request: HttpRequest) -> HttpResponse:
        """Give the store another address on the platform."""
        self._must_change(request)
        form = LabelForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            was = checking.own_host()
            try:
                domain = keeping.rename(form.cleaned_data["label"], now=clock.now())
            except HostTaken:
                form.add_error("label", _("This name cannot be had. Try another one."))
            except keeping.TooMany:
                form.add_error(
                    "label", _("Three former names lead here already. Take one of them.")
                )
            else:
                write(
                    staff_of(request), log.CHANGE, domain, [log.from_to("Name", was, domain.host)]
                )
                messages.success(request, _("The new name is yours. The old one leads to it."))
                return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Another name for your address"),
            verb=_("Change the name"),
            sentences=[
                _("%(host)s will lead to the new name for a year, and nobody else gets it.")
                % {"host": checking.own_host()},
                _("Whoever is signed in signs in once more at the new address, you too."),
            ],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect, form)

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look it up now."""
        domain = self._domain(request, pk)
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of(domain))
        before = domain.state
        found = checking.check(domain, now=clock.now())
        if found.problem:
            messages.warning(request, PROBLEMS[found.problem])
        elif before == "waiting":
            write(staff_of(request), log.VERIFY, found)
            messages.success(request, _("It is proved. Now you can make it the first address."))
        else:
            messages.success(request, _("All is as it should be."))
        return HttpResponseRedirect(self.url_of(found))

    def first_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make it the first address."""
        domain = self._domain(request, pk)
        blockers = [] if domain.state in {"verified", "primary"} else [_("It is not proved yet.")]
        if request.method == "POST" and not blockers:
            was = Domain.objects.get(is_primary=True).host
            keeping.make_primary(domain)
            write(staff_of(request), log.FIRST, domain, [log.from_to("Address", was, domain.host)])
            messages.success(request, _("This is the first address now. All others lead to it."))
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Make %(host)s the first address?") % {"host": domain.shown},
            verb=_("Make it the first"),
            sentences=[
                _("All other addresses lead to it, each page to the same page."),
                _("Links in mails, receipts and search engines name it from now on."),
                _("Whoever is signed in signs in once more, you too. Passkeys are made anew."),
            ],
            back_url=self.url_of(domain),
            blockers=blockers,
        )
        return confirm(request, effect)

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove a domain."""
        domain = self._domain(request, pk)
        if domain.is_ours:
            raise Http404
        if request.method == "POST":
            write(staff_of(request), log.DELETE, domain)
            keeping.remove_domain(domain)
            messages.success(request, _("“%(name)s” was removed.") % {"name": domain.shown})
            return HttpResponseRedirect(self.url_for("changelist"))
        sentences = [_("Whoever opens this address no longer reaches your shop.")]
        if domain.is_primary:
            words = _("Your shop's first address is %(host)s again.")
            sentences.append(words % {"host": checking.own_host()})
        if domain.verified_at is not None:
            sentences.append(_("Links that people have kept, and search engines know, break."))
        effect = Effect(
            title=_("Remove %(host)s?") % {"host": domain.shown},
            verb=_("Remove"),
            sentences=sentences,
            back_url=self.url_of(domain),
            is_dangerous=True,
        )
        return confirm(request, effect)

    def _must_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _domain(self, request: HttpRequest, pk: int) -> Domain:
        found: Domain | None = Domain.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        self._must_change(request)
        return found


def detail_of(domain: Domain) -> str:
    """Return what there is to know of an address, in a sentence."""
    if domain.failing_since is not None:
        words = _("It leads elsewhere. If that stays so, your shop does without it from %(day)s.")
        return words % {"day": _day(lost_on(domain.failing_since))}
    if domain.state == "lost":
        return _("It led elsewhere for three days. Mend its records and look again.")
    if domain.state == "former" and domain.kept_until is not None:
        return _("Leads to your shop until %(day)s.") % {"day": _day(domain.kept_until)}
    return str(PROBLEMS.get(domain.problem, ""))


def _day(moment: Any) -> str:
    return str(date_format(localtime(moment), "DATE_FORMAT"))


site.register(Domain, DomainAdmin)
