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
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from accounts.admin import acts
from accounts.admin.finding import filters
from accounts.admin.history import history_of
from accounts.models import Customer
from accounts.services.finding.looking import search
from core import clock
from core.text import clean_line
from stores import slots
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.admin.site import staff_of
from stores.admin.tables import TableOfList
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


class CustomerAdmin(TableOfList, StoreModelAdmin):
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
    table_name = "customers.csv"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address is given once."""
        return ((None, {"fields": ("name", "language") if obj else ("email", "name", "language")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return customers with their address at hand: they are shown by it."""
        found: QuerySet[Customer] = super().get_queryset(request).select_related("user")
        return found

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the sign-in link and the notes."""
        view = self.admin_site.admin_view
        name = "accounts_customer"
        return [
            path("<int:pk>/sign-in/", view(acts.sign_in_link_view), name=f"{name}_sign_in"),
            path("<int:pk>/notes/add/", view(acts.note_add_view), name=f"{name}_note_add"),
            path("<int:pk>/notes/<int:note_pk>/", view(acts.note_view), name=f"{name}_note"),
            path(
                "<int:pk>/notes/<int:note_pk>/delete/",
                view(acts.note_delete_view),
                name=f"{name}_note_delete",
            ),
            *super().get_urls(),
        ]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Narrow by what other apps know, by consent, and by who was forgotten."""
        return filters()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find by name and address, and by phone, order number and the card's last digits."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        words = search_term.replace("\x00", "").strip()[:100]
        return (search(found, queryset, words) if words else found), duplicates

    def row(self, request: HttpRequest, item: Customer) -> Row:
        """Return who, at which address, and since when."""
        seen = item.last_seen_at
        return Row(
            name=str(item),
            url=self.url_of(item),
            detail=item.user.email if item.name else "",
            next_step=_("was here %(day)s") % {"day": _day(seen)} if seen else "",
        )

    def table_header(self) -> list[object]:
        """Return the columns of the table of customers."""
        return [_("Name"), _("Email"), _("Language"), _("Customer since"), _("Was here last")]

    def table_row(self, item: Customer) -> list[object]:
        """Return one customer as cells."""
        return [item.name, item.user.email, item.language, item.created_at, item.last_seen_at]

    def form_context(self, request: HttpRequest, item: Customer | None) -> dict[str, Any]:
        """Return the facts, what each app knows of them, and what happened, newest first."""
        if item is None:
            return {}
        now, staff = clock.now(), staff_of(request)
        return {
            "customer_shown": item,
            "acts": self.acts_for(staff, item),
            "sections": list(sections_for(staff, item, now)),
            "note_add_url": self.url_for("note_add", item.pk)
            if staff.may_change(Area.CUSTOMERS) and item.erased_at is None
            else "",
            **history_of(item, staff, request.GET),
        }

    def acts_for(self, staff: Staff, item: Customer) -> list[tuple[Any, str]]:
        """Return what else can be done about a customer."""
        if item.erased_at is not None or not staff.may_change(Area.CUSTOMERS):
            return []
        return [
            (_("Send a sign-in link"), self.url_for("sign_in", item.pk)),
            (_("Why is it locked for them?"), reverse("admin:access_access_why", args=[item.pk])),
            (
                _("Their mailbox is gone"),
                reverse("admin:payments_findrequest_address", args=[item.pk]),
            ),
        ]

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


def _day(moment: Any) -> str:
    return str(date_format(localtime(moment), "DATE_FORMAT"))


site.register(Customer, CustomerAdmin)
