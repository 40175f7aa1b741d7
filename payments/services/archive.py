"""What payments knows of a customer and of a store: to take away, and to be forgotten."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q

from accounts.models import Customer
from core import money
from mail.models import Message
from mail.rules import NOWHERE
from payments.models import (
    Dispute,
    FindRequest,
    HookDelivery,
    Order,
    Payment,
    Refund,
    StripeCustomer,
)
from payments.querysets import OrderQuerySet
from payments.services.gifts.personal import blank
from stores.models import Store
from stores.services import log


class OrdersOfCustomer:
    """A customer's orders. The law wants orders kept, so erasing takes the person out of them."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every order as plain values."""
        orders = orders_of(customer).prefetch_related("lines")
        return {"orders": [_order(order) for order in orders.order_by("number")]}

    def erase(self, customer: Customer) -> None:
        """Take name and address out of the orders, and out of our word with Stripe.

        The business an order was made out to stays where it was paid: a credit note names it too.
        """
        orders = orders_of(customer)
        _out_of_mails([*orders.values_list("number", flat=True)])
        orders.filter(paid_at=None).update(buyer_company="", buyer_tax_id="")
        for order in orders:
            for call in order.calls.exclude(state="waiting"):
                call.body.pop("customer_email", None)
                call.body.pop("evidence", None)
                call.save(update_fields=["body"])
            Dispute.objects.filter(payment__order=order).update(note="")
            _out_of_hooks(order)
            Order.objects.filter(pk=order.pk).update(
                name="",
                email=f"erased-{order.public_id}@{NOWHERE}",
                basket=_without_place(order.basket | blank(order.basket)),
            )
        StripeCustomer.objects.filter(customer=customer).delete()


def _without_place(basket: dict[str, Any]) -> dict[str, Any]:
    """Return a basket without where it was posted to."""
    return {key: value for key, value in basket.items() if key != "shipping"}


def orders_of(customer: Customer) -> OrderQuerySet:
    """Return a customer's orders, those they left halfway at their address among them."""
    halfway = Q(customer=None, email=customer.user.email)
    found: OrderQuerySet = Order.objects.filter(halfway | Q(customer=customer))
    return found


def _out_of_mails(numbers: list[int]) -> None:
    """Take a buyer's name out of mails about their orders that went to an earlier address."""
    about = Message.objects.filter(context__number__in=numbers, context__has_key="customer_name")
    sent = about.exclude(state=Message.State.WAITING)
    sent.update(to_name="", subject="", context={})


def _out_of_hooks(order: Order) -> None:
    """Take the buyer out of what another system was told; what waits has to arrive whole."""
    told = HookDelivery.objects.filter(order=order).exclude(state=HookDelivery.State.WAITING)
    for call in told:
        body = json.loads(call.body)
        body["buyer"] = body.get("buyer", {}) | {"name": "", "email": ""}
        call.body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        call.save(update_fields=["body"])


class SearchesOfCustomer:
    """What a customer wrote to find a purchase."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every search as plain values."""
        asked = FindRequest.objects.filter(email=customer.user.email).order_by("id")
        return {
            "searches": [
                {
                    "number": each.number,
                    "name": each.name,
                    "phone": each.phone,
                    "at": each.created_at.isoformat(),
                    "state": each.state,
                }
                for each in asked
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Forget them."""
        email = customer.user.email
        asked = FindRequest.objects.filter(email=email)
        log.forget(email=email, name=str(customer), subjects=asked)
        asked.delete()


def whole_store(store: Store) -> dict[str, Any]:
    """Return every order of the store in scope as plain values."""
    orders = Order.objects.prefetch_related("lines").order_by("number")
    return {"orders": [_order(order) for order in orders]}


def _order(order: Order) -> dict[str, Any]:
    refunds = Refund.objects.filter(payment__order=order)
    return {
        "number": order.number,
        "id": order.public_id,
        "email": order.email,
        "name": order.name,
        "company": order.buyer_company,
        "tax_number": order.buyer_tax_id,
        "language": order.language,
        "status": order.status,
        "currency": order.currency,
        "total": _amount(order.total, order.currency),
        "is_test": order.is_test,
        "source": order.source,
        "placed_at": order.placed_at.isoformat(),
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "terms_accepted_at": order.terms_accepted_at.isoformat(),
        "posted_to": order.basket.get("shipping") or {},
        "lines": [
            {
                "product": line.title,
                "price": line.label,
                "amount": _amount(line.amount, order.currency),
                "quantity": line.quantity,
                "option": line.option,
                "shipping": _amount(line.shipping, order.currency),
            }
            for line in order.lines.all()
        ],
        "payments": [
            {
                "amount": _amount(payment.amount, payment.currency),
                "card_ends_in": payment.card_last4,
                "at": payment.paid_at.isoformat(),
            }
            for payment in Payment.objects.filter(order=order).order_by("pk")
        ],
        "refunds": [
            {
                "amount": _amount(refund.amount, refund.currency),
                "state": refund.state,
                "reason": refund.reason,
                "at": refund.created_at.isoformat(),
            }
            for refund in refunds
        ],
        "disputes": [
            {
                "amount": _amount(dispute.amount, dispute.currency),
                "state": dispute.status,
                "reason": dispute.reason,
                "at": dispute.opened_at.isoformat(),
            }
            for dispute in Dispute.objects.filter(payment__order=order).order_by("pk")
        ],
    }


def _amount(amount: int, currency: str) -> str:
    return str(money.to_major(amount, currency))
