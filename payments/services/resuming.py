"""The link that restores an unpaid order: signed, so it fills in a form and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing

from payments.models import Order
from payments.services.addresses import page_url

SALT = "payments.resume"
LASTS = timedelta(days=30)


def resume_url(order: Order) -> str:
    """Return the checkout page of what the order was for, with all that was chosen."""
    price = order.lines.select_related("price").filter(is_extra=False)[0].price
    page = page_url("payments:checkout", price.public_id, language=order.language)
    return f"{page}?take_up={signing.dumps(order.public_id, salt=SALT)}"


def order_to_resume(token: str) -> Order | None:
    """Return the unpaid order a link stands for; None when it is forged, old, or paid since."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    order: Order | None = Order.objects.filter(public_id=public_id, paid_at=None).first()
    return order
