"""Which subscriptions a notice may be about.

A sum in monthly charges is none of them: it is one deal, and cancelled like an order.
"""

from __future__ import annotations

from django.db.models import Q

from payments.models import CancelNotice, Order, Stop, Subscription
from payments.querysets import SubscriptionQuerySet

WITH = ("product", "price", "order__customer__user", "customer__user")


def stoppable() -> SubscriptionQuerySet:
    """Return what has not ended and no notice has stopped."""
    stopped = Stop.objects.standing().values("subscription")
    goes_on = Subscription.objects.standing().filter(instalments=None)
    found: SubscriptionQuerySet = goes_on.exclude(pk__in=stopped)
    return found.select_related(*WITH)


def of_address(email: str) -> list[Subscription]:
    """Return what somebody with this address pays again and again, also what was stopped."""
    typed = email.strip().lower()
    if not typed:
        return []
    its = Q(customer__user__email=typed) | Q(order__email__iexact=typed)
    rows = Subscription.objects.filter(its, instalments=None).select_related(*WITH)
    return list(rows.order_by("-id"))


def of_order(order: Order) -> Subscription | None:
    """Return what an order began, or whose later charge it is."""
    its = Q(order=order) | Q(pk=order.subscription_id)
    rows = Subscription.objects.filter(its, instalments=None).select_related(*WITH)
    found: Subscription | None = rows.first()
    return found


def is_stoppable(subscription: Subscription) -> bool:
    """Whether a notice can still stop it."""
    return stoppable().filter(pk=subscription.pk).exists()


def candidates(notice: CancelNotice, number: int | None) -> list[Subscription]:
    """Return what a notice may be about, likeliest first, for the team's eyes only."""
    found = [of_order(notice.order)] if notice.order is not None else []
    if number is not None:
        found += [of_order(order) for order in Order.objects.filter(number=number)]
    found += of_address(notice.email)
    if notice.name:
        found += stoppable().filter(order__name__iexact=notice.name)[:5]
    known = [each for each in dict.fromkeys(found) if each is not None]
    return [each for each in known if is_stoppable(each)][:10]
