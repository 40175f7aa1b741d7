"""Books on a Kindle: the address they go to, and a mail with the book in it.

Amazon takes EPUB and PDF by mail, from senders that the owner has approved, up to 50 MB:
https://www.amazon.com/sendtokindle/email. Many mail servers take less, so our own limit is lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from access.contract import Open, Viewer
from access.services.gate import may_open
from accounts.models import Customer
from content.errors import CannotSend
from content.models import Asset, KindleAddress, StampedCopy
from content.services.editions.holding import may_have
from content.services.files import pieces_of
from content.services.stamping.copies import file_for
from core import clock, tokens
from core.limits import Limit
from mail.errors import GivenUp, NotReady
from mail.models import Message
from mail.rules import normal_address
from mail.services.outbox import post
from stores.scope import current_store
from stores.services.addresses import absolute_url
from stores.slots import Attachment

KIND = "to_kindle"
DOMAINS = ("kindle.com", "free.kindle.com")
LARGEST = 24 * 1024 * 1024
"""With what a mail adds to it, less than any large mail service refuses."""
KINDS = (Asset.Kind.EPUB, Asset.Kind.PDF)
BY_DAY = Limit("to-kindle", 20, 24 * 3600)
LANDED = 10
CLOSED = gettext_noop("It is no longer open to them.")
GONE = gettext_noop("The file is no longer there.")
WAITS = gettext_noop("Their copy is still being made.")


def kindle_of(customer: Customer) -> str:
    """Return the address of a customer's Kindle; empty when none was given."""
    found = KindleAddress.objects.filter(customer=customer).first()
    return str(found.address) if found is not None else ""


def kindle_address(text: str) -> str:
    """Return a Kindle's address in its plain form; ValueError for what is none."""
    address = normal_address(text)
    if address.rpartition("@")[2] not in DOMAINS:
        raise ValueError(text)
    return address


def save_kindle(customer: Customer, address: str, now: datetime) -> None:
    """Keep the address of a customer's Kindle; an empty one takes it away."""
    if not address:
        KindleAddress.objects.filter(customer=customer).delete()
        return
    kept = {"address": kindle_address(address), "created_at": now}
    KindleAddress.objects.update_or_create(customer=customer, defaults=kept)


def sender_to_approve() -> str:
    """Return the address that the owner of a Kindle must let in."""
    return str(settings.MAIL_FROM_ADDRESS)


def fits(size: int) -> bool:
    """Whether a file of so many bytes goes into a mail."""
    return size <= LARGEST


def send_to_kindle(customer: Customer, asset: Asset, now: datetime) -> Message:
    """Put a mail with the book into the outbox; the book goes in when it leaves.

    CannotSend ``no_kindle``, ``kind``, ``large``, ``often``; whoever asks has passed the gate.
    """
    address = kindle_of(customer)
    if not address:
        raise CannotSend("no_kindle")
    if asset.kind not in KINDS:
        raise CannotSend("kind")
    if not fits(asset.size):
        raise CannotSend("large")
    if not BY_DAY.hit(str(customer.pk)):
        raise CannotSend("often")
    store = current_store()
    return post(
        KIND,
        key=f"{_keys_of(customer)}{asset.public_id}:{tokens.public_id()}",
        to=address,
        name=customer.name,
        language=customer.language or store.language,
        context={
            "title": asset.part.product.title,
            "store_name": store.name,
            "shelf_url": absolute_url(store, reverse("storefront:shelf")),
            "customer_id": customer.public_id,
            "asset_id": asset.public_id,
        },
        due_at=now,
    )


@dataclass(frozen=True)
class Sent:
    """A book on its way to a Kindle, and how far it is: waiting, sent, failed, or dropped."""

    title: str
    state: str
    at: datetime
    error: str


def sent_to_kindle(customer: Customer) -> list[Sent]:
    """Return what was sent to a customer's Kindle lately, the newest first."""
    rows = mails_to_kindle(customer).order_by("-id")[:LANDED]
    return [
        Sent(row.context.get("title", ""), row.state, row.sent_at or row.created_at, row.error)
        for row in rows
    ]


def mails_to_kindle(customer: Customer) -> QuerySet[Message]:
    """Return the mails that went, or go, to a customer's Kindle."""
    found: QuerySet[Message] = Message.objects.filter(kind=KIND, key__startswith=_keys_of(customer))
    return found


def book_in_mail(context: Mapping[str, Any]) -> Sequence[Attachment]:
    """Return the book of a mail to a Kindle as its customer may have it at this moment."""
    now = clock.now()
    customer = Customer.objects.filter(public_id=context.get("customer_id", "")).first()
    assets = Asset.objects.select_related("part__product")
    asset: Asset | None = assets.filter(public_id=context.get("asset_id", "")).first()
    if customer is None or asset is None:
        raise GivenUp(GONE)
    viewer = Viewer(customer=customer)
    answer = may_open(viewer, [asset.part], now)[asset.part]
    if not isinstance(answer, Open):
        raise GivenUp(CLOSED)
    if not may_have(viewer, asset, answer, now):
        raise GivenUp(GONE)
    given = file_for(viewer, asset, answer, now)
    if isinstance(given, StampedCopy) and not given.is_ready:
        raise NotReady(WAITS)
    if not fits(given.size):
        raise GivenUp(GONE)
    try:
        content = b"".join(pieces_of(given.name))
    except FileNotFoundError as error:
        raise GivenUp(GONE) from error
    return [Attachment(given.original_name, given.media_type, content)]


def _keys_of(customer: Customer) -> str:
    return f"kindle:{customer.public_id}:"
