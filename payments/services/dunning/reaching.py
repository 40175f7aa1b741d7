"""How somebody whose card failed is reached: a ready text, and a phone where one is known."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import override

from payments.models import Bill, FindRequest, MoveInRow, Subscription
from payments.services.dunning.letters import language_of
from payments.services.dunning.words import fix_url, period_of
from shipping.models import Parcel

DIALLED = {"IL": "972"}
"""By country, what stands for the leading zero of a number when it is dialled from abroad."""
LEAST, MOST = 8, 15
"""Digits of a whole number (E.164 has fifteen at most)."""


def ready_text(bill: Bill) -> str:
    """Return what to write or say, in the customer's language."""
    subscription, language = bill.subscription, language_of(bill.subscription)
    with override(language):
        return _(
            "Hi %(name)s, %(amount)s for %(period)s of “%(title)s” could not be charged."
            " It happens: a new card, a limit. Your place is kept. Here it is fixed in a minute,"
            " without signing in: %(url)s"
        ) % {
            "name": name_of(subscription),
            "amount": bill.display(language),
            "period": period_of(bill, language),
            "title": subscription.product.title,
            "url": fix_url(bill, language),
        }


def name_of(subscription: Subscription) -> str:
    """Return what a subscription's owner is called: their name, or else their address."""
    customer = subscription.customer
    return str(customer.name or subscription.order.name or customer.user.email)


def phone_of(subscription: Subscription) -> tuple[str, str]:
    """Return the last number its owner left, and where they live; empty where none is known."""
    parcels = Parcel.objects.filter(customer=subscription.customer).exclude(phone="")
    found = parcels.order_by("-id").values_list("phone", "country").first()
    if found:
        return found[0], found[1]
    asked = FindRequest.objects.filter(email=subscription.customer.user.email).exclude(phone="")
    phone = asked.order_by("-id").values_list("phone", flat=True).first()
    if not phone:
        moved_in = MoveInRow.objects.filter(customer=subscription.customer).exclude(phone="")
        phone = moved_in.order_by("-id").values_list("phone", flat=True).first()
    return phone or "", ""


def whatsapp_url(phone: str, country: str, text: str) -> str:
    """Return the address that opens WhatsApp with a text; empty for a number that is not whole."""
    digits = re.sub(r"\D", "", phone)
    if not phone.strip().startswith("+"):
        if digits.startswith("00"):
            digits = digits[2:]
        elif digits.startswith("0") and country in DIALLED:
            digits = DIALLED[country] + digits[1:]
        else:
            return ""
    if not LEAST <= len(digits) <= MOST:
        return ""
    return f"https://wa.me/{digits}?text={quote(text)}"
