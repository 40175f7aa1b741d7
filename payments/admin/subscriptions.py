"""Sales → Subscriptions: who pays again and again, how it stands, and one act for each deed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from payments.admin.subscription_deeds import Deeds, who_pays
from payments.models import Bill, LeavingReason, OutboundCall, Subscription, SubscriptionTerms
from payments.services.cancelling.continuing.finding import is_stoppable
from payments.services.subscriptions import showing
from payments.services.subscriptions.coming import NextCharge, next_charges
from payments.services.subscriptions.deeds import deed_in_words
from payments.services.subscriptions.noticed import stop_of
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.wording import how_it_stands, price_in_words
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.admin.site import staff_of
from stores.roles import Area

State = Subscription.State
TONES = {
    State.ACTIVE: "good",
    State.TRIAL: "good",
    State.LEAVING: "warn",
    State.RESTING: "warn",
    State.TO_FIX: "bad",
    State.ON_HOLD: "bad",
}
CALLS_SHOWN = 20


class SubscriptionStateFilter(SimpleListFilter):
    """Paid, leaving, resting and so on, as each stands now."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states some row of this store is in."""
        rows, now = model_admin.get_queryset(request).order_by(), clock.now()
        return [
            (key, str(label)) for key, label in State.choices if rows.in_state(key, now).exists()
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows in the state chosen; a state that is none narrows nothing."""
        value = self.value()
        return queryset.in_state(value, clock.now()) if value in State.values else queryset

    def choices(self, changelist: Any) -> Any:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": gettext_lazy("All")} if number == 0 else choice


class SubscriptionAdmin(Deeds, ReadAdmin):
    """What is paid again and again."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Subscriptions"), 2)
    empty = gettext_lazy("Whoever pays you every month stands here, with the next charge.")
    search_fields = (
        *("customer__name", "customer__user__email", "order__name", "product__title"),
        "=order__number",
    )
    list_filter = (SubscriptionStateFilter,)
    list_select_related = ("customer__user", "product", "price", "order")
    ordering = ("-id",)
    change_form_template = "payments/admin/subscription.html"

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where somebody ever paid so."""
        return Subscription.objects.filter(instalments=None).exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        """Return subscriptions with who pays for what."""
        found: QuerySet[Subscription] = super().get_queryset(request).filter(instalments=None)
        return found.select_related("customer__user", "product", "price", "order")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of what can be done with one."""
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"payments_subscription_{name}",
                )
                for name, view in self.deeds()
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: Subscription) -> str:
        """Return a subscription by who pays for what."""
        return f"{who_pays(item)} · {item.product.title}"

    def rows(self, request: HttpRequest, items: Sequence[Subscription]) -> list[Row]:
        """Return a page of the list, with all bills and the store's numbers asked for at once."""
        prefetch_related_objects(items, "bills")
        now, terms, charges = clock.now(), store_terms(), next_charges(items)
        return [self._row(item, now, terms, charges[item.pk]) for item in items]

    def _row(
        self, item: Subscription, now: datetime, terms: SubscriptionTerms, then: NextCharge
    ) -> Row:
        """Return who pays for what, how it stands, how much, and what comes next."""
        state = item.state(now)
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=state.label,
            tone=TONES.get(state, ""),
            detail=next(iter(how_it_stands(item, now, terms, then)), ""),
            number=price_in_words(item),
        )

    # -- one of them

    def form_context(self, request: HttpRequest, item: Subscription | None) -> dict[str, Any]:
        """Return a subscription with its story and what can be done."""
        if item is None:
            return {}
        now, staff = clock.now(), staff_of(request)
        state = item.state(now)
        reason = LeavingReason.objects.filter(subscription=item).first()
        return {
            "subscription": item,
            "state": state.label,
            "tone": TONES.get(state, ""),
            "sentences": how_it_stands(item, now),
            "price": price_in_words(item),
            "customer_url": reverse("admin:accounts_customer_change", args=[item.customer_id])
            if staff.may_view(Area.CUSTOMERS)
            else "",
            "who": who_pays(item),
            "stopped": stop_of(item),
            "reason": reason,
            "bills": [
                (bill, money.display(bill.amount, item.currency), bill_state(bill))
                for bill in item.bills.exclude(amount=0, order=None)
                .select_related("order")
                .order_by("-written_at", "-id")
            ],
            "calls": [
                (call, deed_in_words(call)) for call in item.calls.order_by("-id")[:CALLS_SHOWN]
            ],
            "is_waiting": item.calls.filter(state=OutboundCall.State.WAITING).exists(),
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: Subscription) -> list[tuple[Any, str]]:
        """Return what this person can do with it now."""
        staff, ways = staff_of(request), showing.ways_of(item, clock.now())
        found: list[tuple[Any, str]] = []
        if not staff.may_change(Area.SALES):
            return found
        if ways.leaves and not ways.stays:
            found.append((_("Let it end"), self.url_for("leave", item.pk)))
        if ways.leaves and staff.may_change(Area.REFUNDS):
            found.append((_("End it today"), self.url_for("end", item.pk)))
        if staff.may_change(Area.CUSTOMERS) and is_stoppable(item):
            record = reverse("admin:payments_cancelnotice_record")
            found.append((_("Stopped by word"), f"{record}?subscription={item.public_id}"))
        if ways.stays:
            found.append((_("Let it go on"), self.url_for("stay", item.pk)))
        if ways.rests:
            found.append((_("Let it rest"), self.url_for("rest", item.pk)))
        if ways.returns:
            found.append((_("End the rest"), self.url_for("return", item.pk)))
        found.append((_("Ask Stripe again"), self.url_for("sync", item.pk)))
        return found


def bill_state(bill: Bill) -> tuple[str, str]:
    """Return how a charge stands in words, and the tone of it."""
    if bill.status == "paid":
        return _("paid"), "good"
    if bill.status == "open":
        return (_("refused by the card"), "bad") if bill.failed_at else (_("on its way"), "warn")
    return {"void": _("dropped"), "draft": _("being written")}.get(bill.status, _("not paid")), ""


site.register(Subscription, SubscriptionAdmin)
