"""Customers in the store's admin: who they are here, what they have, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import AddressChange, Customer
from accounts.services.changing_address import OPEN, release, stop
from core import clock
from core.text import clean_line
from stores import slots
from stores.admin import (
    Effect,
    Group,
    MenuItem,
    OperatorModelAdmin,
    Row,
    StoreModelAdmin,
    confirm,
    operator_site,
    site,
)
from stores.admin.site import staff_of
from stores.forms import StoreForm
from stores.models import Staff
from stores.roles import Area
from stores.scope import current_store


def languages() -> list[tuple[str, str]]:
    """Return the languages this store writes to people in."""
    store = current_store()
    codes = [store.language, *store.other_languages]
    known = dict(settings.LANGUAGES)
    return [(code, get_language_info(code)["name_local"]) for code in codes if code in known]


class CustomerForm(StoreForm[Customer]):
    """A customer's name and language; the address is theirs to change, not ours."""

    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("The language of our mails"), choices=languages)

    class Meta:
        model = Customer
        fields = ("name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = current_store().language
        if self.instance.pk:
            del self.fields["email"]
            if not self.instance.language:
                self.initial["language"] = current_store().language

    def clean_email(self) -> str:
        """Refuse an address that is a customer here already."""
        email = clean_line(self.cleaned_data["email"]).lower()
        if Customer.objects.filter(user__email=email).exists():
            raise forms.ValidationError(_("This address is in your list already."))
        return email


class CustomerAdmin(StoreModelAdmin):
    """Customers."""

    area = Area.CUSTOMERS
    menu = MenuItem(Group.CUSTOMERS, gettext_lazy("Customers"), 1)
    form = CustomerForm
    add_verb = gettext_lazy("Add somebody")
    add_title = gettext_lazy("A new customer")
    empty = gettext_lazy("Whoever buys or signs in stands here, with all they have.")
    search_fields = ("name", "user__email")
    list_select_related = ("user",)
    ordering = ("-id",)
    change_form_template = "accounts/admin/customer.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address is given once."""
        return ((None, {"fields": ("name", "language") if obj else ("email", "name", "language")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return customers with their address at hand: they are shown by it."""
        found: QuerySet[Customer] = super().get_queryset(request).select_related("user")
        return found

    def row(self, request: HttpRequest, item: Customer) -> Row:
        """Return who, at which address, and since when."""
        seen = item.last_seen_at
        return Row(
            name=str(item),
            url=self.url_of(item),
            detail=item.user.email if item.name else "",
            next_step=_("was here %(day)s") % {"day": _day(seen)} if seen else "",
        )

    def form_context(self, request: HttpRequest, item: Customer | None) -> dict[str, Any]:
        """Return the facts, what each app knows of them, and what happened, newest first."""
        if item is None:
            return {}
        now, staff = clock.now(), staff_of(request)
        timeline = [
            line for entry in slots.customer_timeline.all() for line in entry([item]).get(item, [])
        ]
        return {
            "customer_shown": item,
            "acts": self.acts_for(staff, item),
            "sections": list(sections_for(staff, item, now)),
            "timeline": sorted(timeline, key=lambda line: line.at, reverse=True),
        }

    def acts_for(self, staff: Staff, item: Customer) -> list[tuple[Any, str]]:
        """Return what else can be done about a customer."""
        if item.erased_at is not None or not staff.may_change(Area.CUSTOMERS):
            return []
        url = reverse("admin:payments_findrequest_address", args=[item.pk])
        return [(_("Their mailbox is gone"), url)]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Give a new customer's address a user when it has none; whether it had is not said."""
        if not change:
            users: Any = get_user_model().objects
            email = form.cleaned_data["email"]
            obj.user = users.filter(email=email).first() or users.create_user(email)
        super().save_model(request, obj, form, change)


def sections_for(
    staff: Staff, customer: Customer, now: datetime
) -> Iterator[slots.CustomerSection]:
    """Return what apps know of a customer, as far as this person may see and act."""
    found = [entry(customer, now) for entry in slots.customer_sections.all()]
    for section in sorted(found, key=lambda each: not each.url):
        area = Area(section.area)
        if staff.may_change(area):
            yield section
        elif staff.may_view(area):
            yield replace(section, url="", rows=[_to_read(row) for row in section.rows])


def _to_read(row: slots.CustomerRow) -> slots.CustomerRow:
    """A row without its button: only a link that shows something stays."""
    return replace(row, url="", verb="") if row.verb else row


class AddressChangeAdmin(OperatorModelAdmin):
    """Changes of address; those a store's staff began for somebody known elsewhere wait here."""

    menu = MenuItem(Group.CUSTOMERS, pgettext_lazy("operator", "Changes of address"), 1)
    search_fields = ("old_email", "new_email")
    list_filter = ("is_held",)
    list_select_related = ("store",)
    ordering = ("-id",)

    def waiting(self, request: HttpRequest) -> int:
        """Count those that wait for the operator."""
        return AddressChange.objects.filter(is_held=True, **OPEN).count()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add letting one go on, and stopping it."""
        view = self.admin_site.admin_view
        name = "accounts_addresschange"
        return [
            path("<int:pk>/release/", view(self.release_view), name=f"{name}_release"),
            path("<int:pk>/stop/", view(self.stop_view), name=f"{name}_stop"),
            *super().get_urls(),
        ]

    def row(self, request: HttpRequest, item: AddressChange) -> Row:
        """Return from where to where, how it stands and who began it."""
        is_open = item.is_open(clock.now())
        ended = _("made") if item.done_at else _("stopped") if item.stopped_at else _("too old")
        is_held = is_open and item.is_held
        return Row(
            name=str(item),
            url=self.url_of(item),
            state=_("waits for you") if is_held else _("waiting") if is_open else ended,
            tone="warn" if is_held else "",
            detail=" · ".join(filter(None, [item.by, str(item.store or "")])),
            next_step=_day(item.created_at),
        )

    def acts(self, request: HttpRequest, item: AddressChange | None) -> list[tuple[Any, str]]:
        """Return what can be done about a change that is open."""
        if item is None or not item.is_open(clock.now()):
            return []
        ways: list[tuple[Any, str]] = [(_("Stop it"), self.url_for("stop", item.pk))]
        if item.is_held:
            ways.insert(0, (_("Let it go on"), self.url_for("release", item.pk)))
        return ways

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a change go on: the old mailbox keeps its days to stop it."""
        item = self.found(pk)
        if request.method == "POST" and item.is_held:
            release(item, now=clock.now())
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=str(item),
            verb=_("Let it go on"),
            sentences=[
                _("This person is known in other stores or runs one: the change holds there too.")
            ],
            back_url=self.url_of(item),
            blockers=() if item.is_held else (_("It does not wait for you."),),
        )
        return confirm(request, effect, at=self.admin_site)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let nothing come of a change."""
        item = self.found(pk)
        if request.method == "POST":
            stop(item, now=clock.now())
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=str(item),
            verb=_("Stop it"),
            sentences=[_("Both addresses are told.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, at=self.admin_site)

    def found(self, pk: int) -> AddressChange:
        """Return a change that can still be stopped."""
        item = AddressChange.objects.filter(pk=pk).select_related("store").first()
        if item is None or not item.is_open(clock.now()):
            raise Http404
        return item


def _day(moment: Any) -> str:
    return str(date_format(localtime(moment), "DATE_FORMAT"))


site.register(Customer, CustomerAdmin)
operator_site.register(AddressChange, AddressChangeAdmin)
