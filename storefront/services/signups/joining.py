"""Asking, confirming and leaving.

A page that is the same for everybody carries no token, so anybody may post an address here; the
guard is the mailbox: nothing happens, and no gift is given, before its owner presses a button.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from access.contract import Source
from access.models import Access, SourceKind
from access.services.granting import grant
from access.services.keys import make_part_key
from accounts.services.consents import NEWS_TICK, give_consent, withdraw_consent
from core import tokens
from mail.services.outbox import post
from products.models import Part, Product
from products.services.lists import customer_at
from storefront.models import MailingList, Page, SignUp
from stores.scope import all_stores, current_store
from stores.services.addresses import page_url

FORGOTTEN_AFTER = timedelta(days=7)
"""An address nobody confirmed may be a stranger's, and goes."""
LONGEST_KEY = 18
MOST_ASKS = 5
"""How many mails may ask one address about one form, until it answers."""


def form_in(page: Page, block_id: str) -> dict[str, Any] | None:
    """Return the fields of a form that visitors see on a page; None when there is none."""
    blocks = [] if page.shown is None else page.shown.blocks
    found = next(
        (each for each in blocks if each["id"] == block_id and each["key"] == "signup"), None
    )
    return None if found is None or found.get("hidden") else found["fields"]


@transaction.atomic
def ask(
    page: Page,
    block_id: str,
    *,
    email: str,
    name: str,
    wants_news: bool,
    language: str,
    now: datetime,
) -> SignUp:
    """Ask the mailbox of an address. Whatever is known of it, the answer is the same.

    What somebody else types changes nothing of a sign-up that was confirmed.
    """
    fields = form_in(page, block_id) or {}
    made = SignUp.objects.get_or_create(
        page=page,
        block=block_id,
        email=email,
        defaults={
            "language": language,
            "asked_at": now,
            "source": f"form:{page.slug or page.kind}"[:40],
        },
    )[0]
    row: SignUp = SignUp.objects.select_for_update(of=("self",), no_key=True).get(pk=made.pk)
    was_on = row.confirmed_at is not None and row.left_at is None
    if not was_on:
        if row.left_at is not None:
            row.confirmed_at = row.left_at = None
        has_gift = bool(fields.get("gift") or fields.get("gift_url"))
        row.list = _list(fields.get("list", ""))
        row.gift = Product.objects.filter(public_id=fields.get("gift") or "-").first()
        row.gift_url = fields.get("gift_url", "")
        row.name, row.language, row.asked_at = name, language, now
        row.wants_news = row.list is not None and (wants_news or not has_gift)
        row.wording = fields.get("consent") or str(NEWS_TICK)
    if row.asks < MOST_ASKS:
        row.asks += 1
        _send(row, was_on=was_on)
    row.save()
    return row


def _list(key: str) -> MailingList | None:
    return (
        MailingList.objects.filter(pk=int(key)).first()
        if key.isdecimal() and len(key) < LONGEST_KEY
        else None
    )


def _send(row: SignUp, *, was_on: bool) -> None:
    post(
        "signup_confirm",
        key=f"signup:{row.public_id}:{int(row.asked_at.timestamp())}:{row.asks}",
        to=row.email,
        language=row.language,
        context={
            "title": row.gift.title if row.gift else "",
            "has_gift": bool(row.gift or row.gift_url),
            "list_title": row.list.title if row.list and row.wants_news else "",
            "store_name": current_store().name,
            "was_on": was_on,
            "confirm_url": page_url(
                "storefront:signed-up", row.public_id, key_of(row), language=row.language
            ),
        },
    )


@transaction.atomic
def confirm(row: SignUp, *, now: datetime) -> SignUp:
    """Let the mailbox's owner in: a customer now, with the gift and the consent they gave."""
    locked: SignUp = SignUp.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if locked.confirmed_at is not None:
        return locked
    locked.customer = customer_at(locked.email, locked.language)
    if locked.name and not locked.customer.name:
        locked.customer.name = locked.name
        locked.customer.save(update_fields=["name"])
    locked.confirmed_at, locked.left_at, locked.asks = now, None, 0
    locked.save(update_fields=["customer", "confirmed_at", "left_at", "asks"])
    if locked.wants_news:
        give_consent(
            locked.customer,
            source=locked.source,
            language=locked.language,
            wording=locked.wording,
            now=now,
        )
    if locked.gift is not None:
        give(locked, now=now)
    return locked


def give(row: SignUp, *, now: datetime) -> Access | None:
    """Give what the form promised; a gift that was deleted since is none."""
    if row.gift is None or row.customer is None or row.gift.deleted_at is not None:
        return None
    source = Source(SourceKind.SIGN_UP, row.public_id)
    return grant(
        row.customer, product=row.gift, source=source, starts_at=now, now=now, because=row.source
    )


@transaction.atomic
def gift_address(row: SignUp, *, now: datetime) -> str:
    """Return where the gift opens for who holds the mail: its first part by a key, or a page."""
    if row.gift is None or row.customer is None:
        return row.gift_url
    part = Part.objects.filter(product=row.gift.pk).published().order_by("position", "pk").first()
    if part is None:
        return reverse("storefront:shelf")
    return reverse("access:key", args=[make_part_key(row.customer, part, now)])


@transaction.atomic
def leave(row: SignUp, *, now: datetime) -> SignUp:
    """Take somebody off the list; with no list left, their yes to news goes too. The gift stays."""
    locked: SignUp = SignUp.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if locked.left_at is None:
        locked.left_at, locked.asks = now, 0
        locked.save(update_fields=["left_at", "asks"])
        others = SignUp.objects.standing().filter(customer=locked.customer_id)
        if locked.customer is not None and not others.exists():
            withdraw_consent(locked.customer, now=now)
    return locked


def key_of(row: SignUp) -> str:
    """Return the secret that only the mails to this address carry."""
    return tokens.keyed_hash("sign-up", row.public_id)[:32]


def find(public_id: str, key: str) -> SignUp | None:
    """Return the sign-up these two name together, else nothing."""
    rows = SignUp.objects.select_related("gift", "list", "customer")
    row: SignUp | None = rows.filter(public_id=public_id).first()
    return row if row is not None and tokens.same(key_of(row), key) else None


def forget_unconfirmed(now: datetime) -> None:
    """Delete what was never confirmed, in all stores."""
    with all_stores():
        SignUp.objects.unconfirmed(now - FORGOTTEN_AFTER).delete()
