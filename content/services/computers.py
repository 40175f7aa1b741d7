"""What is owned, on another device: a mail to oneself with links that open it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import override

from access.services.keys import make_part_key
from accounts.models import Customer
from content.errors import CannotSend
from content.services.taking import Takeable
from core import tokens
from core.limits import Limit
from mail.models import Message
from mail.services.outbox import post
from products.models import Part, Product
from stores.scope import current_store
from stores.services.addresses import absolute_url

KIND = "to_computer"
LASTS = timedelta(hours=1)
BY_HOUR = Limit("to-computer", 10, 3600)


@transaction.atomic
def send_to_computer(
    customer: Customer, product: Product, files: Sequence[Takeable], now: datetime
) -> Message:
    """Mail a customer a link to each thing in ``files``, good for an hour without signing in.

    CannotSend ``empty`` or ``often``. Whoever asks has passed the gate; the links ask it again.
    """
    if not files:
        raise CannotSend("empty")
    if not BY_HOUR.hit(str(customer.pk)):
        raise CannotSend("often")
    store = current_store()
    language = customer.language or store.language
    with override(language):
        links = [_link(customer, part, mine, now) for part, mine in _by_reader(files)]
    return post(
        KIND,
        key=f"computer:{customer.public_id}:{tokens.public_id()}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context={
            "title": product.title,
            "store_name": store.name,
            "links": links,
            "url": absolute_url(store, reverse("content:taking", args=[product.public_id])),
        },
    )


def _by_reader(files: Sequence[Takeable]) -> list[tuple[Part, list[Takeable]]]:
    """Return files by what opens them: recordings that are heard in a row have one link."""
    found: dict[int, tuple[Part, list[Takeable]]] = {}
    for each in files:
        part = each.asset.part
        opened = part.parent if each.asset.is_audio and part.parent is not None else part
        found.setdefault(opened.pk, (opened, []))[1].append(each)
    return list(found.values())


def _link(
    customer: Customer, part: Part, files: Sequence[Takeable], now: datetime
) -> dict[str, str]:
    secret = make_part_key(customer, part, now, lasts=LASTS)
    size = filesizeformat(sum(each.given.size or each.asset.size for each in files))
    kinds = {each.asset.get_kind_display() for each in files}
    return {
        "title": f"{part.title or part.product.title} ({', '.join(sorted(kinds))}, {size})",
        "url": absolute_url(current_store(), reverse("access:key", args=[secret])),
    }
