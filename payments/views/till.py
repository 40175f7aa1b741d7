"""How a store is paid now: by card on the hosted page, by its own ways, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from payments.models import OtherWay
from payments.services.accounts import payment_account, why_not_charging
from payments.services.other_ways import ways_offered
from payments.services.subscriptions.terms import charged_later
from products.models import Price

HOSTED_PAGES = "https://checkout.stripe.com"


@dataclass(frozen=True)
class Till:
    """How a store is paid now: its own ways, and why it takes no cards; empty when it does."""

    ways: list[OtherWay]
    takes_no_cards: str

    def ways_for(self, price: Price) -> list[OtherWay]:
        """Return the store's own ways to pay a price; none where a card is charged later."""
        return [] if charged_later(price) else self.ways


def till_now() -> Till:
    """Return how the store in scope is paid now."""
    return Till(ways_offered(), why_not_charging(payment_account()))


def hosted_pages() -> str:
    """Return the origin of the payment pages our forms may lead to."""
    if not settings.STRIPE_API_BASE:
        return HOSTED_PAGES
    base = urlsplit(settings.STRIPE_API_BASE)
    return f"{base.scheme}://{base.netloc}"
