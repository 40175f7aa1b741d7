"""What a customer should have got of an order: told beside their letter, and sent once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from core import tokens
from mail.models import Message
from payments.models import Order
from payments.services import letters
from payments.services.fulfilment import accesses_of
from payments.services.moving import MOVABLE
from stores.services.moments import in_short
from stores.slots import SentOnce


def sent_of_order(number: int, customer: Customer) -> Sequence[SentOnce]:
    """Return the receipt of an order, and its parcels, if the order is this customer's."""
    rows = Order.objects.filter(number=number, customer=customer, status__in=MOVABLE)
    order = rows.prefetch_related("lines").first()
    if order is None:
        return []
    found = [
        SentOnce(
            key="receipt",
            sentence=_how_it_went(order),
            verb=_("Send the receipt with its links again"),
            url=reverse("admin:payments_order_change", args=[order.pk]),
            send=partial(_send, order),
        )
    ]
    if any(line.is_posted for line in order.lines.all()):
        parcels = f"{reverse('admin:shipping_parcel_changelist')}?q={order.number}"
        said = _("Something in it was posted.")
        found.append(SentOnce(key="parcels", sentence=said, url=parcels, area="sales"))
    return found


def _send(order: Order, now: datetime) -> None:
    letters.receipt(order, accesses_of(order), now, again=f":{tokens.public_id()}")


def _how_it_went(order: Order) -> str:
    mails = Message.objects.filter(key__startswith=f"receipt:{order.public_id}")
    last = mails.order_by("-created_at", "-pk").first()
    if last is None:
        return _("No receipt was sent.")
    words = {"address": last.to_address, "day": in_short(last.sent_at or last.created_at)}
    if last.state == Message.State.SENT:
        return _("The receipt went to %(address)s: %(day)s.") % words
    if last.state == Message.State.FAILED:
        return _("The receipt did not reach %(address)s.") % words
    return _("The receipt for %(address)s is on its way.") % words
