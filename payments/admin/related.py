"""What belongs to an order: its coupon, its gift, and what was taken right after paying."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, money
from payments.models import CouponRedemption, Gift, Order, Team
from payments.services.instalments.standing import plan_of
from payments.services.instalments.wording import paid_in_words
from payments.services.subscriptions.showing import of_order
from payments.services.teams.showing import counts_in_words
from payments.services.teams.standing import counts_of


@dataclass(frozen=True)
class Related:
    """One thing beside an order, and where it stands."""

    label: str
    text: str
    url: str


def related_to(order: Order) -> list[Related]:
    """Return what belongs to an order."""
    found = []
    uses = CouponRedemption.objects.filter(order=order, released_at=None).select_related("coupon")
    for use in uses:
        words = f"{use.coupon.code} · {money.display(-use.amount, order.currency)}"
        found.append(Related(_("Coupon"), words, _page("coupon", use.coupon_id)))
    for gift in Gift.objects.filter(line__order=order):
        words = gift.to_name or gift.to_email or _("somebody")
        found.append(Related(_("A gift for"), words, _page("gift", gift.pk)))
    found += [
        Related(_("Team"), counts_in_words(counts_of(team)), _page("team", team.pk))
        for team in Team.objects.filter(line__order=order)
    ]
    for each in of_order(order):
        words = f"{each.product.title} · {each.state(clock.now()).label}"
        label = _("A later charge of") if order.is_renewal else _("It began")
        plan = plan_of(each)
        if plan is not None:
            words = f"{each.product.title} · {paid_in_words(plan)}"
            found.append(Related(label, words, _page("instalmentplan", plan.pk)))
            continue
        found.append(Related(label, words, _page("subscription", each.pk)))
    if order.follows is not None:
        words = _("Order %(number)s") % {"number": order.follows.number}
        found.append(Related(_("Taken right after"), words, _page("order", order.follows.pk)))
    for follower in order.followers.all():
        words = _("Order %(number)s") % {"number": follower.number}
        found.append(Related(_("One more thing, right after"), words, _page("order", follower.pk)))
    return found


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:payments_{model}_change", args=[pk])
