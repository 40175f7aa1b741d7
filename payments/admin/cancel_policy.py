"""Settings → Cancelling: what the store allows beyond the law."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from payments.models import CancelPolicy
from payments.services.cancelling import words
from stores.admin import Group, MenuItem, site
from stores.admin.settings import OneOfStore
from stores.admin.site import store_of
from stores.forms import StoreForm
from stores.roles import Area

HUNDRED = Decimal(100)


class PolicyForm(StoreForm[CancelPolicy]):
    """What the store allows beyond the law."""

    fee_percent = forms.DecimalField(
        label=gettext_lazy("Your fee, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=gettext_lazy("Only where no law of your country says what may be kept."),
        widget=forms.NumberInput({"step": "0.01", "inputmode": "decimal", "dir": "ltr"}),
    )

    class Meta:
        model = CancelPolicy
        fields = ("days", "after_opening", "charges_fee")
        help_texts = {  # noqa: RUF012 -- read once by Django
            "days": gettext_lazy(
                "From the purchase. The law's days stand anyway; write more to be generous."
            ),
            "after_opening": gettext_lazy("Within your days, whatever was read or watched."),
            "charges_fee": gettext_lazy("Israel: 5% and at most ₪100. In the EU nothing is kept."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fee_percent"] = Decimal(self.instance.fee_basis_points) / HUNDRED

    def clean(self) -> dict[str, Any]:
        """Keep the fee in basis points."""
        values = super().clean()
        self.instance.fee_basis_points = int((values.get("fee_percent") or 0) * HUNDRED)
        return values


class PolicyAdmin(OneOfStore):
    """Settings → Cancelling."""

    area = Area.SETTINGS
    menu = MenuItem(
        *(Group.SETTINGS, pgettext_lazy("menu", "Cancelling"), 3), within="stores.business"
    )
    form = PolicyForm
    own_lookup = "store_id"
    fieldsets = ((None, {"fields": ("days", "after_opening", "charges_fee", "fee_percent")}),)
    change_form_template = "payments/admin/cancel_policy.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Open the one form, made the first time somebody who may look does."""
        if self.has_view_permission(request):
            CancelPolicy.objects.get_or_create()
        return super().changelist_view(request, extra_context)

    def form_context(self, request: HttpRequest, item: CancelPolicy | None) -> dict[str, Any]:
        """Show what the terms' page says now."""
        store = store_of(request)
        return {
            "title": _("Cancelling"),
            "sentences": words.policy_sentences(store, clock.now()),
            "terms_url": reverse("payments:cancel-terms"),
        }


site.register(CancelPolicy, PolicyAdmin)
