"""Which orders, refunds, hints and calls: adjectives."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet

if TYPE_CHECKING:
    from payments.models import (  # noqa: F401 -- named in the generics
        Bill,
        CancelNotice,
        CouponRedemption,
        Dispute,
        Document,
        DocumentDue,
        Gift,
        HookDelivery,
        InstalmentPlan,
        Order,
        OutboundCall,
        Overlap,
        PlanChange,
        Refund,
        RenewHere,
        Stop,
        StripeEvent,
        Subscription,
        TeamPlace,
    )

EFFECTIVE = ("pending", "succeeded")
"""States of a refund whose money went back or is on its way."""
OWED = ("open", "uncollectible")
"""The states of an invoice at Stripe in which it is still to be paid."""


class OrderQuerySet(QuerySet["Order"]):
    """Orders of the store in scope."""

    def paid(self) -> OrderQuerySet:
        """Orders that were paid for, whatever was given back since; no test orders."""
        return self.filter(paid_at__isnull=False, is_test=False)

    def sales(self) -> OrderQuerySet:
        """Paid orders that cost something."""
        return self.paid().filter(total__gt=0)

    def waiting(self) -> OrderQuerySet:
        """Orders whose payment may still come."""
        return self.filter(status="pending")

    def late(self, since: datetime) -> OrderQuerySet:
        """Orders with a payment page that wait since then or longer."""
        late = self.waiting().filter(placed_at__lte=since)
        return late.exclude(stripe_session_id=None, stripe_intent_id=None)

    def unreminded(self, placed_by: datetime) -> OrderQuerySet:
        """Orders waiting for money that comes another way, of which nobody was reminded."""
        waiting = self.waiting().filter(provider="transfer", placed_at__lte=placed_by)
        return waiting.filter(reminded_at=None)

    def overdue(self, now: datetime) -> OrderQuerySet:
        """Orders whose money should have come another way by now."""
        return self.waiting().filter(provider="transfer", expires_at__lte=now)

    def left_halfway(self, since: datetime, now: datetime) -> OrderQuerySet:
        """Unpaid card orders that ended lately, whose makers agreed to one reminder."""
        ended = self.filter(provider="stripe", status="expired", may_remind=True)
        return ended.filter(expires_at__lte=now, expires_at__gt=since, reminded_at=None)

    def in_review(self) -> OrderQuerySet:
        """Orders whose payment did not match: somebody must decide."""
        return self.filter(status="review")


class RefundQuerySet(QuerySet["Refund"]):
    """Refunds of the store in scope."""

    def effective(self) -> RefundQuerySet:
        """Refunds whose money went back or is on its way."""
        return self.filter(state__in=EFFECTIVE)

    def reserved(self) -> RefundQuerySet:
        """Refunds asked for that Stripe has not confirmed yet."""
        return self.filter(state="requested")

    def standing(self) -> RefundQuerySet:
        """Refunds that are asked for, on their way or done, and were not refused."""
        return self.exclude(state__in=("failed", "cancelled"))

    def late(self, since: datetime) -> RefundQuerySet:
        """Refunds Stripe knows of that are not settled since then or longer."""
        unsettled = self.filter(state__in=("requested", "pending"), created_at__lte=since)
        return unsettled.exclude(stripe_id=None)

    def unsent(self, since: datetime) -> RefundQuerySet:
        """Refunds to be paid back by hand whose begin was cut short since then or longer."""
        asked = self.filter(state="requested", created_at__lte=since)
        return asked.exclude(payment__provider="stripe")


class DisputeQuerySet(QuerySet["Dispute"]):
    """Disputes of the store in scope."""

    def open(self) -> DisputeQuerySet:
        """Disputes that Stripe has not closed."""
        return self.filter(closed_at=None)

    def lost(self) -> DisputeQuerySet:
        """Disputes whose money stays with the bank."""
        return self.filter(status="lost")

    def late(self, since: datetime) -> DisputeQuerySet:
        """Open disputes whose day to answer passed then or earlier."""
        return self.open().filter(evidence_due_by__lte=since)


class StripeEventQuerySet(QuerySet["StripeEvent"]):
    """Hints of all stores."""

    def due(self, now: datetime) -> StripeEventQuerySet:
        """Hints to be worked on now, oldest first."""
        return self.filter(state="pending", next_attempt_at__lte=now).order_by("id")


class OutboundCallQuerySet(QuerySet["OutboundCall"]):
    """Calls of the store in scope."""

    def due(self, now: datetime) -> OutboundCallQuerySet:
        """Calls without an answer that may be repeated now."""
        return self.filter(state="waiting", next_attempt_at__lte=now).order_by("id")

    def ending(self, since: datetime) -> OutboundCallQuerySet:
        """Calls that ended a subscription on its owner's day since then: money goes back by them.

        Asked for once more for a day, as a worker may have died between the two.
        """
        answered = self.filter(kind="change", state="answered", answered_at__gt=since)
        return answered.filter(key__startswith="end-").order_by("id")


class CouponRedemptionQuerySet(QuerySet["CouponRedemption"]):
    """Uses of coupons."""

    def counting(self, now: datetime) -> CouponRedemptionQuerySet:
        """Uses that count against the limits: used, or reserved still at ``now``."""
        return self.filter(Q(used_at__isnull=False) | Q(until__gt=now), released_at=None)


class CancelNoticeQuerySet(QuerySet["CancelNotice"]):
    """Cancel notices of the store in scope."""

    def open(self) -> CancelNoticeQuerySet:
        """Notices that somebody has to answer, or whose buyer has to say that it was them."""
        return self.filter(state__in=("waiting", "confirming", "request"))


class StopQuerySet(QuerySet["Stop"]):
    """Subscriptions that notices stopped."""

    def standing(self) -> StopQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)

    def working(self) -> StopQuerySet:
        """Those that have not ended, or whose money was not written down yet."""
        return self.standing().filter(settled_at=None)

    def unheard(self) -> StopQuerySet:
        """Those that go on at Stripe, or longer than they should; Stripe counts whole seconds."""
        ends_at = Q(subscription__ends_at=None) | Q(
            subscription__ends_at__gt=F("effective_at") + timedelta(seconds=1)
        )
        return self.working().filter(ends_at, subscription__ended_at=None)


class DocumentQuerySet(QuerySet["Document"]):
    """Documents of the store in scope; they are never changed, so neither are sets of them."""

    def of_month(self, year: int, month: int) -> DocumentQuerySet:
        """Documents of one month by their own day, in the order of their numbers."""
        found = self.filter(issued_on__year=year, issued_on__month=month)
        return found.order_by("kind", "number")

    def update(self, **kwargs: Any) -> int:
        """Refuse: another document takes one back."""
        raise TypeError("a document is never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse; outside a scope the scope speaks first."""
        self.exists()
        raise TypeError("a document is never deleted")


class DocumentDueQuerySet(QuerySet["DocumentDue"]):
    """Documents that are to be issued."""

    def waiting(self) -> DocumentDueQuerySet:
        """Those nobody issued yet."""
        return self.filter(settled_at=None)

    def due(self, now: datetime) -> DocumentDueQuerySet:
        """Those that may be tried now, in the order in which they were owed."""
        return self.waiting().filter(next_attempt_at__lte=now).order_by("id")


class HookDeliveryQuerySet(QuerySet["HookDelivery"]):
    """Calls to the store's other system."""

    def due(self, now: datetime) -> HookDeliveryQuerySet:
        """Those to be sent now, oldest first."""
        return self.filter(state="waiting", next_attempt_at__lte=now).order_by("id")


class GiftQuerySet(QuerySet["Gift"]):
    """Gifts of the store in scope."""

    def waiting(self) -> GiftQuerySet:
        """Gifts nobody claimed yet, and nobody took back."""
        return self.filter(claimed_at=None, withdrawn_at=None)

    def to_send(self, now: datetime) -> GiftQuerySet:
        """Waiting gifts whose receiver should get a mail now."""
        return self.waiting().filter(deliver_at__lte=now, sent_at=None).exclude(to_email="")

    def forgotten(self, since: datetime) -> GiftQuerySet:
        """Waiting gifts whose day passed before ``since``, of which nobody was reminded."""
        return self.waiting().filter(deliver_at__lte=since, reminded_at=None)

    def with_time(self) -> GiftQuerySet:
        """Opened gifts of a number of weeks or months, of the very thing that was given."""
        opened = self.filter(claimed_at__isnull=False, taken_instead=None)
        return opened.filter(line__length="periods")

    def overlooked(self, since: datetime) -> GiftQuerySet:
        """Waiting gifts mailed before ``since``, of which their receiver was not reminded.

        Once the giver was told of it, it is theirs to look after.
        """
        mailed = self.waiting().filter(sent_at__lte=since, deliver_at__lte=since)
        return mailed.filter(nudged_at=None, reminded_at=None).exclude(to_email="")


def _states(now: datetime) -> list[tuple[str, Q]]:
    """Return each state with what alone would mean it, in the order in which they count."""
    return [
        ("ended", Q(ended_at__isnull=False, ended_at__lte=now)),
        ("on_hold", Q(held_at__isnull=False)),
        ("to_fix", Q(unpaid_since__isnull=False)),
        ("resting", Q(rests_from__isnull=False, rests_from__lte=now, rests_until__gt=now)),
        ("leaving", Q(ends_at__isnull=False)),
        ("trial", Q(trial_ends_at__isnull=False, trial_ends_at__gt=now)),
    ]


class SubscriptionQuerySet(QuerySet["Subscription"]):
    """Subscriptions of the store in scope."""

    def standing(self) -> SubscriptionQuerySet:
        """Subscriptions that have not ended."""
        return self.filter(ended_at=None)

    def unpaid(self, since: datetime) -> SubscriptionQuerySet:
        """Subscriptions a charge of which failed then or earlier and is still open."""
        return self.standing().filter(unpaid_since__lte=since)

    def in_state(self, state: str, now: datetime) -> SubscriptionQuerySet:
        """Subscriptions that stand so at ``now``, as ``Subscription.state`` says it."""
        earlier = Q()
        for each, condition in _states(now):
            if each == state:
                return self.filter(condition & ~earlier)
            earlier |= condition
        return self.exclude(earlier)

    def going_on(self) -> SubscriptionQuerySet:
        """Subscriptions that will be charged again, and where nobody said that they end."""
        return self.standing().filter(ends_at=None, next_charge_at__isnull=False)

    def trial_ending(self, now: datetime, until: datetime) -> SubscriptionQuerySet:
        """Subscriptions whose free days end between the two moments, and that go on."""
        return self.going_on().filter(trial_ends_at__gt=now, trial_ends_at__lte=until)

    def past_due(self, since: datetime) -> SubscriptionQuerySet:
        """Subscriptions whose next charge, or end, should have been heard of since then."""
        is_late = Q(next_charge_at__lte=since) | Q(ends_at__lte=since)
        return self.standing().filter(is_late)

    def unasked(self, since: datetime) -> SubscriptionQuerySet:
        """Those Stripe was not asked about since then."""
        return self.filter(Q(checked_at=None) | Q(checked_at__lte=since))

    def card_ends(self, by: date) -> SubscriptionQuerySet:
        """Subscriptions charged from a card that expires by that day, untold of it."""
        return self.standing().filter(
            card_expires_on__lte=by, card_told_at=None, next_charge_at__isnull=False
        )


class BillQuerySet(QuerySet["Bill"]):
    """Charges of the subscriptions of the store in scope."""

    def refused(self) -> BillQuerySet:
        """Charges a card was refused for, still to be paid."""
        return self.filter(status__in=OWED, failed_at__isnull=False)

    def pressing(self) -> BillQuerySet:
        """Charges a card was refused for, about which something is to be done or said yet."""
        return self.filter(failed_at__isnull=False, paid_at=None, told__lt=5)


class InstalmentPlanQuerySet(QuerySet["InstalmentPlan"]):
    """Sums paid in monthly charges, of the store in scope."""

    def paying(self) -> InstalmentPlanQuerySet:
        """Those that are not settled in any way."""
        return self.filter(state="paying")

    def without_end(self) -> InstalmentPlanQuerySet:
        """Those being paid of which Stripe has not confirmed that they end by themselves."""
        return self.paying().filter(scheduled_at=None, subscription__ended_at=None)


class PlanChangeQuerySet(QuerySet["PlanChange"]):
    """Changes of plan of the store in scope."""

    def open(self) -> PlanChangeQuerySet:
        """Changes that have neither come to effect nor come to nothing."""
        return self.filter(applied_at=None, dropped_at=None)


class OverlapQuerySet(QuerySet["Overlap"]):
    """What is paid twice in the store in scope."""

    def due(self) -> OverlapQuerySet:
        """Those that somebody is to be asked about, or whose subscription is to end."""
        unasked = Q(choice="", asked_at=None)
        return self.filter(Q(choice="stop") | unasked, settled_at=None)


class RenewHereQuerySet(QuerySet["RenewHere"]):
    """Letters to people who moved in, of the store in scope."""

    def unanswered(self) -> RenewHereQuerySet:
        """Letters whose readers neither pay here nor said no, and whose links were not taken."""
        return self.filter(renewed_at=None, said_no_at=None, withdrawn_at=None)


class TeamPlaceQuerySet(QuerySet["TeamPlace"]):
    """Places in the teams of the store in scope."""

    def standing(self) -> TeamPlaceQuerySet:
        """Places that are paid for."""
        return self.filter(closed_at=None)

    def taken(self) -> TeamPlaceQuerySet:
        """Places somebody has."""
        return self.standing().filter(claimed_by__isnull=False)

    def offered(self) -> TeamPlaceQuerySet:
        """Places somebody was invited to who has not come yet."""
        return self.standing().filter(claimed_by=None, invited_at__isnull=False)

    def free(self) -> TeamPlaceQuerySet:
        """Places nobody has and nobody was invited to."""
        return self.standing().filter(claimed_by=None, invited_at=None)

    def to_send(self) -> TeamPlaceQuerySet:
        """Invitations whose mail was not posted yet."""
        return self.offered().filter(sent_at=None)

    def unanswered(self, since: datetime) -> TeamPlaceQuerySet:
        """Invitations mailed before ``since``, of which nobody was reminded."""
        return self.offered().filter(sent_at__lte=since, reminded_at=None)
