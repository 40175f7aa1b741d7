"""Settings → Business: who sells, as documents and the foot of the pages say it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import countries
from core.tax_ids import TaxIdError, clean_any, clean_company, clean_person
from stores.admin.settings import OneOfStore
from stores.admin.site import Group, MenuItem, site, store_of
from stores.forms import StoreForm
from stores.models import Business
from stores.roles import Area
from stores.services.business import business_of

FILLED = ("legal_name", "kind", "country", "email")
HUNDRED = Decimal(100)


class BusinessForm(StoreForm[Business]):
    """The seller in law, each number checked as its country writes it."""

    vat_percent = forms.DecimalField(
        label=gettext_lazy("Your own VAT rate, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=gettext_lazy("Leave it empty: the law's rate of the day is used."),
        widget=forms.NumberInput({"step": "0.01", "inputmode": "decimal", "dir": "ltr"}),
    )

    class Meta:
        model = Business
        fields = (
            "legal_name",
            "country",
            "kind",
            "tax_id",
            "address",
            "city",
            "postcode",
            "phone",
            "email",
            "prices_include_vat",
            "terms",
        )
        widgets = {  # noqa: RUF012 -- read once by Django
            "tax_id": forms.TextInput({"dir": "ltr"}),
            "phone": forms.TextInput({"type": "tel", "dir": "ltr"}),
            "postcode": forms.TextInput({"dir": "ltr"}),
            "terms": forms.Textarea({"rows": 10, "dir": "auto"}),
        }
        help_texts = {  # noqa: RUF012 -- read once by Django
            "legal_name": gettext_lazy("As it stands at the tax authority."),
            "tax_id": gettext_lazy(
                "Israel: identity or company number, nine digits. In the EU: the VAT number."
            ),
            "prices_include_vat": gettext_lazy(
                "When not, the VAT is added to what the customer pays."
            ),
            "terms": gettext_lazy("Shown on a page of its own, linked from every page's foot."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=gettext_lazy("Country"), choices=[("", "—"), *countries.choices()]
        )
        rate = self.instance.vat_basis_points
        self.initial["vat_percent"] = None if rate is None else Decimal(rate) / HUNDRED

    def clean(self) -> dict[str, Any]:
        """Check the kind against the country, and the number against both."""
        values = super().clean()
        country, kind = values.get("country", ""), values.get("kind", "")
        if country and kind and (country == "IL") != (kind in Business.ISRAELI):
            self.add_error("kind", _("This kind of business is not of the country chosen above."))
        elif country and kind:
            values["tax_id"] = self._tax_id(values.get("tax_id", ""), country, kind)
        percent = values.get("vat_percent")
        self.instance.vat_basis_points = None if percent is None else int(percent * HUNDRED)
        return values

    def _tax_id(self, number: str, country: str, kind: str) -> str:
        if not number:
            if kind != Business.Kind.UNREGISTERED:
                self.add_error("tax_id", _("Write your number: it stands on every document."))
            return ""
        try:
            if kind == Business.Kind.UNREGISTERED:
                return clean_any(number)
            clean = clean_company if kind == Business.Kind.COMPANY else clean_person
            return clean(number, country)
        except TaxIdError:
            self.add_error("tax_id", _("This is not a number of this kind. Look at it once more."))
            return number


class BusinessAdmin(OneOfStore):
    """Settings → Business; the first time an empty form, prefilled with what is known."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Business"), 1)
    form = BusinessForm
    own_lookup = "store_id"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "legal_name",
                    "country",
                    "kind",
                    "tax_id",
                    "address",
                    "city",
                    "postcode",
                )
            },
        ),
        (gettext_lazy("How customers reach you"), {"fields": ("email", "phone")}),
        (
            pgettext_lazy("fields", "VAT and terms"),
            {"classes": ("more",), "fields": ("prices_include_vat", "vat_percent", "terms")},
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the one form; while there is no row, the form that makes it."""
        if self.has_view_permission(request) and self.get_queryset(request).exists():
            return super().changelist_view(request, extra_context)
        if not self.has_add_permission(request):
            return site.not_for_you(request)
        return HttpResponseRedirect(self.url_for("add"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The first is written once."""
        return self.has_change_permission(request) and not self.get_queryset(request).exists()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in what the store knows of itself."""
        suggestion = business_of(store_of(request))
        return {name: getattr(suggestion, name) for name in FILLED}

    def form_context(self, request: HttpRequest, item: Business | None) -> dict[str, Any]:
        """Say what it is for."""
        return {"title": _("Business")}


site.register(Business, BusinessAdmin)
