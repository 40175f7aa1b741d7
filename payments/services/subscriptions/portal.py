"""Stripe's own page: where a card is changed, or all of it where the store prefers that."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.errors import CannotChange
from payments.models import Subscription
from payments.services import stripe_subscriptions
from payments.services.payment_page import LOCALES
from payments.services.subscriptions.terms import store_terms

CHANGED = "changed"
"""What stands in the address of who comes back with another card."""


def portal_url(subscription: Subscription, back_url: str) -> str:
    """Return a fresh address of Stripe's page for who pays this; it leads back to ``back_url``.

    It opens where a card is changed, or as a whole: see SubscriptionTerms. TryLater when there was
    no answer, CannotChange when nothing is paid any more.
    """
    if subscription.ended_at is not None or not subscription.stripe_customer_id:
        raise CannotChange(_("It has ended already."))
    language = get_language() or ""
    body: dict[str, Any] = {
        "customer": subscription.stripe_customer_id,
        "return_url": back_url,
        "locale": language if language in LOCALES else "auto",
    }
    if not store_terms().has_portal:
        done = {"type": "redirect", "redirect": {"return_url": f"{back_url}?{CHANGED}"}}
        body["flow_data"] = {"type": "payment_method_update", "after_completion": done}
    return stripe_subscriptions.create_portal(subscription.stripe_account, body)
