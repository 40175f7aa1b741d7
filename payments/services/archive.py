"""What payments knows of a customer and of a store: to take away, and to be forgotten."""

from __future__ import annotations

from typing import Any

from accounts.models import Customer
from core import money
from payments.models import Dispute, FindRequest, Order, Refund, StripeCustomer
from stores.models import Store


class OrdersOfCustomer:
    """A customer's orders. The law wants orders kept, so erasing takes the person out of them."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every order as plain values."""
        orders = Order.objects.filter(customer=customer).prefetch_related("lines")
        return {"orders": [_order(order) for order in orders.order_by("number")]}

    def erase(self, customer: Customer) -> None:
        """Take name and address out of the orders, and out of our word with Stripe."""
        for order in Order.objects.filter(customer=customer):
            for call in order.calls.exclude(state="waiting"):
                call.body.pop("customer_email", None)
                call.body.pop("evidence", None)
                call.save(update_fields=["body"])
            Dispute.objects.filter(payment__order=order).update(note="")
            Order.objects.filter(pk=order.pk).update(
                name="", email=f"erased-{order.public_id}@example.invalid"
            )
        StripeCustomer.objects.filter(customer=customer).delete()


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
        FindRequest.objects.filter(email=customer.user.email).delete()


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
        "language": order.language,
        "status": order.status,
        "currency": order.currency,
        "total": _amount(order.total, order.currency),
        "is_test": order.is_test,
        "placed_at": order.placed_at.isoformat(),
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "terms_accepted_at": order.terms_accepted_at.isoformat(),
        "lines": [
            {
                "product": line.title,
                "price": line.label,
                "amount": _amount(line.amount, order.currency),
                "quantity": line.quantity,
                "option": line.option,
            }
            for line in order.lines.all()
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
