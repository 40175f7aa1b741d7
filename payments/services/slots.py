"""What other pages gather from payments, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from access.models import Access
from accounts.models import Customer
from core import clock, money
from payments.models import FindRequest, Order, OutboundCall, Refund, Subscription
from payments.services import archive, by_hand, customers, kinds, promises, tables
from payments.services.cancelling import slots as cancelling_slots
from payments.services.deciding import decided
from payments.services.disputes.duties import duties as dispute_duties
from payments.services.dunning import kinds as dunning
from payments.services.dunning.duties import duties as unpaid_duties
from payments.services.gifts import personal as gifts
from payments.services.instalments import kinds as instalments
from payments.services.moving_in import slots as moving_in_slots
from payments.services.naming import what_of
from payments.services.nightly.duties import duties as difference_duties
from payments.services.overlaps import slots as overlaps_slots
from payments.services.reporting.figures import totals
from payments.services.reporting.periods import Period
from payments.services.reporting.sets import Scope
from payments.services.sent import sent_of_order
from payments.services.subscriptions import owing
from payments.services.subscriptions import slots as subscriptions_slots
from payments.services.teams import slots as teams_slots
from payments.services.waiting import theirs
from stores import slots
from stores.models import Store
from stores.scope import current_store
from stores.slots import (
    AccountRow,
    AccountSection,
    Duty,
    InboxItem,
    MorningLine,
    TimelineEntry,
    TodayCard,
)

DECIDE_WITHIN = timedelta(days=2)
LATE_AFTER = timedelta(minutes=30)
LOOKING_SHOWN = 50


def register() -> None:
    """Put everything into the slots."""
    for kind in (*kinds.ALL, *dunning.KINDS, *moving_in_slots.KINDS, *instalments.KINDS):
        slots.mail_kinds.register(kind.key, kind)
    cancelling_slots.register()
    subscriptions_slots.register()
    overlaps_slots.register()
    teams_slots.register()
    slots.account_sections.register("orders", orders_section)
    slots.customer_timeline.register("orders", timeline)
    slots.duties.register("orders", duties)
    slots.customer_search.register("orders", customers.SEARCH)
    slots.customer_filters.register("bought", customers.BOUGHT)
    slots.customer_timeline.register("owed", owing.timeline)
    slots.customer_timeline.register("documents", customers.documents_timeline)
    slots.calendar_items.register("payments", customers.calendar_items)
    slots.duties.register("disputes", dispute_duties)
    slots.duties.register("differences", difference_duties)
    slots.duties.register("unpaid", unpaid_duties)
    slots.today_cards.register("sales", today_cards)
    slots.morning_lines.register("sales", morning_lines)
    slots.inbox_items.register("find", inbox_items)
    slots.sent_of_order.register("receipts", sent_of_order)
    slots.inbox_counts.register("find", inbox_count)
    slots.personal_data.register("searches", archive.SearchesOfCustomer())
    slots.farewells.register("orders", farewells)
    slots.personal_data.register("gifts", gifts.GiftsOfCustomer())
    slots.farewells.register("gifts", gifts.farewells)
    slots.address_changes.register("orders", follow_address)
    slots.personal_data.register("orders", archive.OrdersOfCustomer())
    slots.store_archive.register("orders", archive.whole_store)
    tables.register()
    moving_in_slots.register()


def orders_section(customer: Customer, now: datetime) -> AccountSection:
    """Return the customer's orders, newest first, each with its receipt.

    The later charges of what is paid again and again are one row, which leads to all of them.
    """
    orders = Order.objects.paid().filter(customer=customer, subscription=None)
    waiting = [
        AccountRow(
            label=", ".join(line.title for line in order.lines.all()),
            detail=_("%(number)s · waits for %(total)s")
            % {"number": order.number, "total": order.display_total()},
            url=reverse("payments:order", args=[order.public_id]),
            verb=_("How to pay"),
        )
        for order in theirs(customer)
    ]
    later = _later_charges(customer)
    rows = []
    for order in orders.prefetch_related("lines"):
        receipt = AccountRow(
            label=what_of(order),
            detail=f"{order.number} · {order.total_in_words()}",
            url=reverse("payments:order", args=[order.public_id]),
            verb=_("Receipt"),
        )
        rows += [receipt, *later[order.pk]]
    return AccountSection(
        key="orders",
        title=_("Orders"),
        rows=[*waiting, *rows],
        empty=_("What you buy here is listed in this place, with its receipts."),
        order=10,
    )


def _later_charges(customer: Customer) -> dict[int, list[AccountRow]]:
    """Return a row for each subscription that was charged again, by the order that began it."""
    charged = Order.objects.paid().filter(customer=customer, subscription__isnull=False)
    counts = dict(charged.values_list("subscription").annotate(n=Count("pk")).order_by())
    rows: dict[int, list[AccountRow]] = defaultdict(list)
    for each in Subscription.objects.filter(pk__in=counts).select_related("product"):
        n = counts[each.pk]
        row = AccountRow(
            label=each.product.title,
            detail=ngettext("%(n)s later charge", "%(n)s later charges", n) % {"n": n},
            url=reverse("payments:subscription", args=[each.public_id]),
            verb=_("All receipts"),
        )
        rows[each.order_id].append(row)
    return rows


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what each customer ordered and what they got back."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    orders = Order.objects.paid().filter(customer__in=customers).prefetch_related("lines")
    for order in orders:
        words = {"number": order.number, "titles": what_of(order), "total": order.total_in_words()}
        sentence = _("Order %(number)s: %(titles)s, %(total)s") % words
        entry = TimelineEntry(
            order.paid_at or order.placed_at, sentence, _order_url(order), area="sales"
        )
        found[by_id[order.customer_id]].append(entry)
    refunds = Refund.objects.effective().filter(payment__order__customer__in=customers)
    for refund in refunds.select_related("payment__order"):
        order = refund.payment.order
        sentence = _("%(amount)s returned for order %(number)s") % {
            "number": order.number,
            "amount": refund.display(),
        }
        entry = TimelineEntry(refund.created_at, sentence, _order_url(order), area="sales")
        found[by_id[order.customer_id]].append(entry)
    return dict(found)


def today_cards(store: Store, now: datetime) -> Sequence[TodayCard]:
    """Return what came in today and this month, less what went back."""
    today = clock.local_day(now, store.zone)
    month = Period(today.replace(day=1), today, "month")
    return [
        _money_card("sales_today", _("Sales today"), store, Period(today, today, "today")),
        _money_card("sales_month", _("Sales this month"), store, month),
    ]


def morning_lines(store: Store, since: datetime, until: datetime) -> Sequence[MorningLine]:
    """Return how many sales there were between two moments, and for how much."""
    paid = Order.objects.paid().filter(is_test=False, total__gt=0)
    sales = paid.filter(paid_at__gte=since, paid_at__lt=until)
    found = sales.aggregate(sum=Sum("total"), count=Count("pk"))
    if not found["count"]:
        return []
    sentence = ngettext("%(n)s sale, %(amount)s", "%(n)s sales, %(amount)s", found["count"]) % {
        "n": found["count"],
        "amount": money.display(found["sum"], store.currency),
    }
    return [MorningLine(sentence, _orders_url(), "sales")]


def _money_card(key: str, label: str, store: Store, period: Period) -> TodayCard:
    """Return what stays of a period's sales, as the report says it, and where that report is."""
    stays = totals(Scope(period, store.currency)).net
    url = f"{reverse('admin:payments_report_changelist')}?period={period.name}"
    return TodayCard(key=key, label=label, value=money.display(stays, store.currency), url=url)


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the orders that need a person: odd payments, refunds that failed or ask something."""
    found = [
        _duty(
            f"review:{order.public_id}",
            order,
            _("Order %(number)s: the payment does not match."),
            is_trouble=True,
        )
        for order in Order.objects.in_review()
    ]
    asking = Refund.objects.effective().filter(asks_line=True)
    for refund in asking.select_related("payment__order"):
        sentence = _("Order %(number)s: part was returned at Stripe. What was it for?")
        found.append(_duty(f"line:{refund.public_id}", refund.payment.order, sentence))
    found += _undecided()
    found += by_hand.duties()
    waiting = OutboundCall.objects.filter(
        kind=OutboundCall.Kind.REFUND, state="waiting", created_at__lte=now - LATE_AFTER
    ).count()
    if waiting:
        sentence = ngettext(
            "%(n)s refund has no answer yet; it is tried again by itself.",
            "%(n)s refunds have no answer yet; they are tried again by themselves.",
            waiting,
        ) % {"n": waiting}
        found.append(
            Duty(
                "refunds-waiting",
                sentence,
                None,
                _orders_url(),
                _("See the orders"),
                "sales",
                is_trouble=True,
            )
        )
    return found


def _undecided() -> list[Duty]:
    """Return the questions that stay until somebody decides them."""
    found = []
    failed = Refund.objects.filter(state=Refund.State.FAILED).exclude(
        payment__order__status__in=(Order.Status.REFUNDED, Order.Status.CHARGED_BACK)
    )
    for refund in failed.select_related("payment__order"):
        sentence = _("Order %(number)s: a refund did not go through.")
        order = refund.payment.order
        found.append(_duty(f"failed:{refund.public_id}", order, sentence, is_trouble=True))
    twice = Order.objects.sales().filter(owned_before=True, status=Order.Status.PAID)
    for order in twice:
        sentence = _("Order %(number)s was paid for what its customer had already. Give it back?")
        found.append(_duty(f"twice:{order.public_id}", order, sentence))
    answered = decided([duty.key for duty in found])
    return [duty for duty in found if duty.key not in answered]


def farewells(customer: Customer, now: datetime) -> Sequence[str]:
    """Return what is open between a customer and the store, before they are forgotten."""
    found = []
    orders = Order.objects.filter(customer=customer)
    for order in theirs(customer):
        words = _("Order %(number)s was not paid yet. If its money still comes, write to the shop.")
        found.append(words % {"number": order.number})
    refunds = Refund.objects.filter(payment__order__in=orders, state__in=("requested", "pending"))
    for refund in refunds.select_related("payment__order"):
        words = _("%(amount)s for order %(number)s are still on their way back to you.")
        found.append(words % {"amount": refund.display(), "number": refund.payment.order.number})
    early = Access.objects.waiting().filter(customer=customer).select_related("product", "awaits")
    words = _("“%(title)s” did not open yet. Ask for your money back first, if you want it.")
    waits = promises.waiting(list(early), now, get_language() or current_store().language)
    found += [words % {"title": each.title} for each in waits if each.url]
    if Access.objects.live(now).filter(customer=customer).exists():
        found.append(_("What you bought closes for good. Money is not returned by this."))
    return found


def follow_address(customer: Customer, old: str, new: str) -> None:
    """Let mails about a customer's orders reach their new address; documents stay as issued."""
    mine = Q(customer=customer) | Q(customer=None, status=Order.Status.PENDING)
    Order.objects.filter(mine, email=old).update(email=new)


def inbox_items(store: Store) -> Sequence[InboxItem]:
    """Return who looks for a purchase and waits for an answer."""
    return [
        InboxItem(
            key=f"find:{each.public_id}",
            at=each.created_at,
            who=str(each),
            sentence=_("cannot find what they bought"),
            url=reverse("admin:payments_findrequest_change", args=[each.pk]),
            kind="find",
        )
        for each in _looking().order_by("created_at")[:LOOKING_SHOWN]
    ]


def inbox_count(store: Store) -> dict[str, int]:
    """Return how many ``inbox_items`` there are."""
    return {InboxItem.area: _looking()[:LOOKING_SHOWN].count()}


def _looking() -> QuerySet[FindRequest]:
    waiting: QuerySet[FindRequest] = FindRequest.objects.filter(state=FindRequest.State.WAITING)
    return waiting


def _duty(key: str, order: Order, sentence: str, *, is_trouble: bool = False) -> Duty:
    return Duty(
        key=key,
        sentence=sentence % {"number": order.number},
        due_at=order.placed_at + DECIDE_WITHIN,
        url=_order_url(order),
        verb=_("Look at it"),
        area="sales",
        is_trouble=is_trouble,
    )


def _order_url(order: Order) -> str:
    try:
        return reverse("admin:payments_order_change", args=[order.pk])
    except NoReverseMatch:
        return _orders_url()


def _orders_url() -> str:
    try:
        return reverse("admin:payments_order_changelist")
    except NoReverseMatch:
        return reverse("admin:index")
