"""A sample as a link in a mail, for an address; and a yes to news, which is another matter.

Consent must be freely given (GDPR, article 7 (4); Israel's Communications Law, section 30A): the
sample is sent with the tick and without it, and the tick counts once the mailbox's owner says yes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from accounts.services.consents import give_consent
from content.models import Asset, SampleRequest
from core import tokens
from mail.services.outbox import post
from products.models import Part, Product
from products.services.lists import customer_at
from stores.scope import all_stores, current_store
from stores.services.addresses import page_url

OPEN_FOR = timedelta(days=30)
MOST_ASKS = 10
SOURCE = "sample"


def sample_part(product: Product) -> Part | None:
    """Return the part of a product that is a file open to anyone, if there is one."""
    parts = Part.objects.filter(product=product.pk, assets__isnull=False)
    found: Part | None = parts.published().previews().order_by("position", "id").first()
    return found


def sample_file(part: Part) -> Asset | None:
    """Return the file of a sample, or None when it is no longer offered."""
    if not part.preview or part.published_at is None:
        return None
    found: Asset | None = part.assets.order_by("-id").first()
    return found


@transaction.atomic
def ask_by_mail(
    part: Part, *, email: str, language: str, wants_news: bool, now: datetime
) -> SampleRequest:
    """Send the sample's link to an address; asked again, it is sent again and lasts from now."""
    made: SampleRequest = SampleRequest.objects.get_or_create(
        part=part, email=email, defaults={"language": language, "asked_at": now}
    )[0]
    row: SampleRequest = SampleRequest.objects.select_for_update(no_key=True).get(pk=made.pk)
    row.language, row.asked_at = language, now
    row.wants_news = wants_news or (row.wants_news and row.agreed_at is None)
    row.asks += 1
    row.save()
    if row.asks <= MOST_ASKS:
        _send(row, part, now)
    return row


def _send(row: SampleRequest, part: Part, now: datetime) -> None:
    with override(row.language):
        until = date_format(localtime(now + OPEN_FOR), "DATE_FORMAT")
    post(
        "sample_link",
        key=f"sample:{row.public_id}:{row.asks}",
        to=row.email or "",
        language=row.language,
        context={
            "title": part.product.title,
            "store_name": current_store().name,
            "until": until,
            "wants_news": row.wants_news and row.agreed_at is None,
            "sample_url": page_url(
                "storefront:sample-open", row.public_id, key_of(row), language=row.language
            ),
        },
    )


def key_of(row: SampleRequest) -> str:
    """Return the secret that only the mails to this address carry."""
    return tokens.keyed_hash("sample-request", row.public_id)[:32]


def find(public_id: str, key: str) -> SampleRequest | None:
    """Return the request these two name together, else nothing."""
    rows = SampleRequest.objects.select_related("part__product", "customer")
    row: SampleRequest | None = rows.filter(public_id=public_id).first()
    return row if row is not None and tokens.same(key_of(row), key) else None


def is_open(row: SampleRequest, now: datetime) -> bool:
    """Whether the link still leads to the sample."""
    return row.email is not None and now < row.asked_at + OPEN_FOR


def note_opened(row: SampleRequest, now: datetime) -> None:
    """Write down that the link was followed; the first time counts."""
    SampleRequest.objects.filter(pk=row.pk, opened_at=None).update(opened_at=now)


@transaction.atomic
def say_yes(row: SampleRequest, *, wording: str, now: datetime) -> None:
    """Let the mailbox's owner be written to about new things; saying it twice is saying it once."""
    locked: SampleRequest = SampleRequest.objects.select_for_update(no_key=True).get(pk=row.pk)
    if locked.email is None or not locked.wants_news:
        return
    locked.customer = customer_at(locked.email, locked.language)
    give_consent(locked.customer, source=SOURCE, language=locked.language, now=now, wording=wording)
    locked.agreed_at = locked.agreed_at or now
    locked.save(update_fields=["customer", "agreed_at"])


def forget(now: datetime) -> None:
    """Forget the addresses of all who never said yes, once their link has ended; in all stores."""
    with all_stores():
        old = SampleRequest.objects.filter(asked_at__lt=now - OPEN_FOR, agreed_at=None)
        old.exclude(email=None).update(email=None)
