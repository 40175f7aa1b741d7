"""What the operator of the platform reads of the talk with Stripe, across all stores."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

from payments.models import OutboundCall, StripeEvent
from stores.admin import Group, MenuItem, OperatorModelAdmin, Row, operator_site

TONES = {"done": "good", "answered": "good", "failed": "bad", "refused": "bad"}


class EventAdmin(OperatorModelAdmin):
    """Hints that came from Stripe."""

    menu = MenuItem(Group.SALES, pgettext_lazy("operator", "Events from Stripe"), 1)
    search_fields = ("stripe_id", "object_id", "type")
    list_filter = ("state",)
    ordering = ("-id",)

    def row(self, request: HttpRequest, item: StripeEvent) -> Row:
        """Return a hint and what became of it."""
        return Row(
            name=item.type,
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(item.state, ""),
            detail=f"{item.object_id} {item.error}".strip(),
            next_step=date_format(item.received_at, "DATETIME_FORMAT"),
        )


class CallAdmin(OperatorModelAdmin):
    """Calls made to Stripe."""

    menu = MenuItem(Group.SALES, pgettext_lazy("operator", "Calls to Stripe"), 2)
    search_fields = ("key", "answer_id")
    list_filter = ("state", "kind")
    list_select_related = ("store",)
    ordering = ("-id",)

    def row(self, request: HttpRequest, item: OutboundCall) -> Row:
        """Return a call and whether it was answered."""
        return Row(
            name=f"{item.get_kind_display()} · {item.store}",
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(item.state, ""),
            detail=f"{item.key} {item.error}".strip(),
            next_step=date_format(item.created_at, "DATETIME_FORMAT"),
        )


operator_site.register(StripeEvent, EventAdmin)
operator_site.register(OutboundCall, CallAdmin)
