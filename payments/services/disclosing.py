"""What distance-selling law wants written to the buyer of an order, in the mail that confirms it.

Israel: Consumer Protection Law, 5741-1981, §14C(a) and (b). EU: Directive 2011/83/EU, Art. 6(1) and
8(7). Both ask for who sells and how to reach them, what was bought, its price with tax, how it is
paid, when and how it is delivered and for how long, what holds where it is not as described, and
the right to cancel: until when, at what cost, how, and what ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import money
from payments.models import Order, OrderLine, Payment
from payments.services.addresses import page_url
from payments.services.cancelling import words
from payments.services.cancelling.judging import law_at
from payments.services.documents.sums import sums_of
from payments.services.showing import length_in_words
from payments.services.subscriptions.telling import told_of
from payments.services.subscriptions.terms import charged_later
from products.services.moments import in_words
from stores.scope import current_store
from stores.services.business import business_of


def rights(order: Order, now: datetime, language: str) -> dict[str, Any]:
    """Return what a mail about an order must say, in ``language``; what was free asks little."""
    store = current_store()
    with override(language):
        return {
            "seller": list(words.seller_lines(store, language)),
            "things": [
                {"title": line.title, "text": what_it_is(line, now, language)}
                for line in order.lines.select_related("product", "price")
            ],
            "payment": payment_sentences(order, now, language)
            if order.total
            else told_of(order, language),
            "cancelling": words.purchase_sentences(order, now),
            "cancel_url": page_url("payments:cancel", language=language),
            "cancel_terms_url": page_url("payments:cancel-terms", language=language),
            "terms_url": page_url("stores:terms", language=language)
            if business_of(store).terms
            else "",
        }


def what_it_is(line: OrderLine, now: datetime, language: str) -> str:
    """Return what a thing is, when and how it is delivered, and how long it stays open."""
    product = line.product
    said = [
        capfirst(str(product.contract.label)),
        _("It is used in a browser; nothing is installed."),
    ]
    if product.opens_at is not None and product.opens_at > now:
        said.append(_("Opens %(day)s.") % {"day": in_words(product.opens_at, language)})
    said.append(length_in_words(line))
    return " · ".join(each.rstrip(".") for each in said)


def payment_sentences(order: Order, now: datetime, language: str) -> Sequence[str]:
    """Return how an order is paid, its tax, and what holds where it is not as described."""
    said = [_means(order)] if order.is_paid and not order.is_test else []
    business = business_of(current_store())
    if business.charges_vat:
        vat = sums_of(order, order.total, business, order.paid_at or now).vat
        amount = money.display(vat, order.currency, language)
        said.append(_("Of this, %(amount)s is VAT.") % {"amount": amount})
    said += told_of(order, language) or [_("There are no other charges.")]
    if law_at(order).country:
        said.append(
            _(
                "What does not open, or is not as it was described, is put right"
                " or its money comes back: reply to this mail."
            )
        )
    return said


def _means(order: Order) -> str:
    if order.way is not None:
        return _("Paid by: %(way)s.") % {"way": order.way.name}
    payment = Payment.objects.filter(order=order).order_by("pk").first()
    if payment is not None and payment.card_last4:
        words = {"last4": payment.card_last4}
        if any(charged_later(line.price) for line in order.lines.select_related("price")):
            return _("Paid by card ending %(last4)s.") % words
        return _("Paid by card ending %(last4)s, once.") % words
    return _("Paid by card, once.")
