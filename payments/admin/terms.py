"""Settings → Ways to pay → Subscriptions: the store's own numbers for what is paid every month."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from payments.models import SubscriptionTerms
from payments.services.subscriptions.terms import store_terms
from stores.admin import Group, MenuItem, site
from stores.admin.settings import OneOfStore
from stores.forms import StoreForm
from stores.roles import Area


class TermsForm(StoreForm[SubscriptionTerms]):
    """How long all stays open, how long a place is kept, how long a rest may be."""

    class Meta:
        model = SubscriptionTerms
        fields = ("days_to_fix", "days_on_hold", "longest_rest", "rests_a_year", "has_portal")
        help_texts: ClassVar[dict[str, Any]] = {
            "days_to_fix": gettext_lazy(
                "A card was refused: so long all stays open, and the customer is reminded."
            ),
            "days_on_hold": gettext_lazy(
                "After that: closed, the place is kept so long; then it ends without debt."
            ),
            "longest_rest": gettext_lazy("None: 0. The customer chooses up to so many."),
            "rests_a_year": gettext_lazy("How often one customer may rest in twelve months."),
            "has_portal": gettext_lazy(
                "Instead of only the page where a card is changed. Leaving and resting stay here."
            ),
        }


class TermsAdmin(OneOfStore):
    """What the store allows whoever pays every month."""

    area = Area.SETTINGS
    menu = MenuItem(
        *(Group.SETTINGS, pgettext_lazy("menu", "Subscriptions"), 4), within="payments.otherway"
    )
    form = TermsForm
    own_lookup = "store_id"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("days_to_fix", "days_on_hold", "longest_rest", "rests_a_year"),
                    "has_portal",
                )
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Open the one form, made the first time somebody who may look does."""
        if self.has_view_permission(request):
            store_terms()
        return super().changelist_view(request, extra_context)

    def form_context(self, request: HttpRequest, item: SubscriptionTerms | None) -> dict[str, Any]:
        """Call the page what it is."""
        return {"title": _("What is paid every month")}


site.register(SubscriptionTerms, TermsAdmin)
