"""Sales → Cards that failed: who did not pay yet, with a ready text, and what came after all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from core import clock
from payments.models import Bill
from payments.services.dunning.reaching import name_of, phone_of, ready_text, whatsapp_url
from payments.services.dunning.recovering import recovery
from payments.services.dunning.words import period_of
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.admin.site import store_of
from stores.roles import Area
from stores.services.moments import in_short

A_QUARTER = timedelta(days=90)


class BillAdmin(ReadAdmin):
    """Charges a card was refused for."""

    area = Area.SALES
    menu = MenuItem(
        Group.SALES, pgettext_lazy("menu", "Cards that failed"), 7, within="payments.order"
    )
    empty = gettext_lazy("When a card of somebody who pays every month fails, it stands here.")
    search_fields = ("stripe_id", "subscription__customer__name", "subscription__order__email")
    ordering = ("-failed_at", "-id")
    change_form_template = "payments/admin/bill.html"

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where a card ever failed."""
        return Bill.objects.filter(failed_at__isnull=False).exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bill]:
        """Return the charges that failed once, with whose they are."""
        found: QuerySet[Bill] = super().get_queryset(request).filter(failed_at__isnull=False)
        return found.select_related(
            "subscription__customer__user",
            "subscription__order",
            "subscription__product",
            "subscription__price",
        )

    def title_of(self, item: Bill) -> str:
        """Return whose charge it is, and for when."""
        words = {
            "name": name_of(item.subscription),
            "period": period_of(item, get_language() or "en"),
        }
        return _("%(name)s, %(period)s") % words

    def row(self, request: HttpRequest, item: Bill) -> Row:
        """Return who did not pay what, and what became of it."""
        state, tone = state_of(item, clock.now())
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=item.subscription.product.title,
            number=item.display(),
            next_step=in_short(item.paid_at or item.failed_at or item.written_at),
        )

    def form_context(self, request: HttpRequest, item: Bill | None) -> dict[str, Any]:
        """Return a charge with the words to write, and what came of others lately."""
        if item is None:
            return {}
        now = clock.now()
        text = ready_text(item) if item.is_owed else ""
        phone, country = phone_of(item.subscription) if text else ("", "")
        return {
            "bill": item,
            "state": state_of(item, now)[0],
            "name": name_of(item.subscription),
            "email": item.subscription.customer.user.email,
            "order": item.subscription.order,
            "text": text,
            "phone": phone,
            "whatsapp_url": whatsapp_url(phone, country, text) if phone else "",
            "recovery": recovery(store_of(request), now - A_QUARTER),
        }


def state_of(bill: Bill, now: datetime) -> tuple[str, str]:
    """Return how a charge stands in words, and the tone of it."""
    if bill.paid_at is not None:
        return pgettext("charge", "paid after all"), "good"
    if not bill.is_owed:
        return pgettext("charge", "given up"), ""
    if bill.subscription.held_at is not None:
        return pgettext("charge", "on hold"), "bad"
    return pgettext("charge", "days to fix"), "warn"


site.register(Bill, BillAdmin)
