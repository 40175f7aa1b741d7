"""Settings → closing the store: what it means, for how many, and taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Customer
from core import clock
from core.queue import wake
from stores import slots
from stores.admin import log
from stores.admin.pages import Effect, confirm
from stores.admin.reading import ReadAdmin
from stores.admin.site import site, staff_of, store_of
from stores.models import Closing
from stores.roles import Area, Role
from stores.services.closing import steps
from stores.services.closing.phases import Phase, closed_from, phase_of, reading_from
from stores.services.closing.words import day_of
from stores.services.log import write
from stores.services.moments import in_short


class SureForm(forms.Form):
    """The store's name, typed: nobody closes a store by a slip."""

    name = forms.CharField(max_length=80)

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted
        self.fields["name"].label = _("Write the name of the store: %(name)s") % {"name": wanted}

    def clean_name(self) -> str:
        """It must be this very name."""
        if self.cleaned_data["name"].strip() != self.wanted:
            raise forms.ValidationError(_("This is not the name of the store."))
        return self.wanted


class ClosingAdmin(ReadAdmin):
    """The closings of a store; the list leads to the one page that matters."""

    area = Area.TEAM
    empty = gettext_lazy("This store was never closed.")

    def title_of(self, item: Closing) -> str:
        """Return a closing by when it began."""
        return _("Closing that began %(moment)s") % {"moment": in_short(item.asked_at)}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add beginning and taking back."""
        wrap = self.admin_site.admin_view
        own = [
            path("begin/", wrap(self.begin_view), name="stores_closing_begin"),
            path("keep/", wrap(self.keep_view), name="stores_closing_keep"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to what can be done now."""
        if not self.has_view_permission(request):
            return site.not_for_you(request)
        page = "begin" if store_of(request).closing_since is None else "keep"
        return HttpResponseRedirect(self.url_for(page))

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """Say what closing does, to whom, and begin it: for an owner who proved who they are."""
        self._owner(request)
        store, now = store_of(request), clock.now()
        if store.closing_since is not None:
            return HttpResponseRedirect(self.url_for("keep"))
        for ask in slots.must_be_sure.all():
            way: HttpResponse | None = ask(request)
            if way is not None:
                return way
        form = SureForm(request.POST or None, wanted=store.name)
        if request.method == "POST" and form.is_valid():
            steps.begin(staff_of(request), now=now)
            wake("accounts.tasks.close_stores")
            write(staff_of(request), log.CLOSE_STORE, store)
            messages.success(request, _("Closing has begun. Your customers are being told."))
            return HttpResponseRedirect(self.url_for("keep"))
        effect = Effect(
            title=_("Close the store?"),
            verb=_("Begin to close"),
            sentences=sentences_of(store, now),
            back_url=reverse("admin:stores_archive_changelist"),
            is_dangerous=True,
        )
        return confirm(request, effect, form)

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Show how far the closing is, and take it back while that can be."""
        self._owner(request)
        store, now = store_of(request), clock.now()
        if store.closing_since is None:
            return HttpResponseRedirect(self.url_for("begin"))
        blockers = []
        if phase_of(store.closing_since, now) is not Phase.NOTICE:
            blockers = [_("The notice is over, and customers rely on it. The store stays closed.")]
        if request.method == "POST" and not blockers:
            steps.take_back(now=now)
            wake("accounts.tasks.close_stores")
            write(staff_of(request), log.KEEP_STORE, store)
            messages.success(request, _("The store stays open. Your customers are being told."))
            return HttpResponseRedirect(reverse("admin:index"))
        since = store.closing_since
        effect = Effect(
            title=_("Keep the store open?"),
            verb=_("Keep it open"),
            sentences=[
                _("It stops on %(day)s; customers read and download until %(last)s.")
                % {
                    "day": day_of(store, reading_from(since)),
                    "last": day_of(store, closed_from(since)),
                },
                _("Kept open, it sells again at once, and whoever was told hears of it."),
            ],
            back_url=reverse("admin:index"),
            blockers=blockers,
        )
        return confirm(request, effect)

    def _owner(self, request: HttpRequest) -> None:
        if staff_of(request).role != Role.OWNER:
            raise PermissionDenied


def sentences_of(store: Any, now: Any) -> list[Any]:
    """Return what closing does, with how many it concerns."""
    people = Customer.objects.filter(erased_at=None).count()
    owed = [each for entry in slots.store_closing.all() for each in entry(store, now)]
    return [
        _("From this moment nothing new is sold."),
        ngettext(
            "%(n)s customer is told by mail today, and once more two weeks before the end.",
            "%(n)s customers are told by mail today, and once more two weeks before the end.",
            people,
        )
        % {"n": people},
        _("Until %(day)s you can take it back.") % {"day": day_of(store, reading_from(now))},
        _(
            "From then on, for a year, customers read and download what they have. You give "
            "money back and take everything along, nothing else."
        ),
        _("On %(day)s the door closes.") % {"day": day_of(store, closed_from(now))},
        *owed,
    ]


site.register(Closing, ClosingAdmin)
