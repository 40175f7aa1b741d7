"""Writing to all who have a product: each once, whatever is killed on the way.

The letter's own row is what is due. A batch and how far it came are written in one transaction, and
a message has one key per letter and customer. What also offers something goes to those alone who
agreed to news, is asked for again when it leaves, and can be ended by a link in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Access
from access.services.letters import language_of, open_links
from accounts.models import Consent
from content.models import HolderLetter
from content.services.editions.telling import readers
from core import tokens
from mail.models import Message
from mail.services.outbox import Letter, post, post_many
from products.models import Product
from stores import slots
from stores.models import Staff
from stores.roles import Area
from stores.scope import all_stores, current_store
from stores.services.addresses import page_url, store_origin
from stores.slots import MailKind, ProductTab

BATCH = 200
LEAVES_IN = timedelta(minutes=10)
NOTE, NEWS = "holders_note", "holders_news"
PLACEHOLDERS = ("title", "subject", "message", "open_url")
SAMPLE = {
    "subject": gettext_lazy("A mended page 14"),
    "message": gettext_lazy("One measure on page 14 was wrong. It is right now: open it again."),
}
MAIL_KINDS = (
    MailKind(
        NOTE,
        gettext_lazy("your words to all who have a product"),
        PLACEHOLDERS,
        priority=8,
        when=gettext_lazy("When you write to all who have a product, about what they have."),
        waits=True,
        required=("message",),
        sample=SAMPLE,
    ),
    MailKind(
        NEWS,
        gettext_lazy("your news to those of them who agreed"),
        PLACEHOLDERS,
        priority=8,
        when=gettext_lazy("When you write news or an offer to those who have a product."),
        is_marketing=True,
        required=("message",),
        sample=SAMPLE,
    ),
)


def register() -> None:
    """Put the mails, and the page on which they are written, into their slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.product_tabs.register("holders", product_tabs)


def product_tabs(product: Product) -> Sequence[ProductTab]:
    """Return the page of a product on which its maker writes to all who have it."""
    url = reverse("admin:content_holderletter_write", args=[product.pk])
    name = _("Write to all who have it")
    return [ProductTab("holders", name, url, Area.MAILS, order=51)]


def receivers(product: Product, now: datetime, *, is_news: bool) -> QuerySet[Access]:
    """Return the accesses whose holders a letter would go to now."""
    found: QuerySet[Access] = readers(product, now)
    if is_news:
        agreed = Consent.objects.filter(purpose=Consent.Purpose.NEWS, withdrawn_at=None)
        found = found.filter(customer__in=agreed.values("customer"))
    return found


def count_receivers(product: Product, now: datetime, *, is_news: bool) -> int:
    """Return how many people a letter would go to now."""
    rows = receivers(product, now, is_news=is_news)
    return int(rows.aggregate(n=Count("customer", distinct=True))["n"])


def write(
    product: Product,
    *,
    attempt: str,
    subject: str,
    text: str,
    is_news: bool,
    by: Staff,
    now: datetime,
) -> HolderLetter:
    """Send a letter on its way; the same ``attempt`` is the same letter."""
    letter: HolderLetter = HolderLetter.objects.get_or_create(
        public_id=attempt,
        defaults={
            "product_id": product.pk,
            "subject": subject,
            "text": text,
            "is_news": is_news,
            "staff_name": by.name,
            "written_at": now,
            "leaves_at": now + LEAVES_IN,
            "due_at": now + LEAVES_IN,
        },
    )[0]
    return letter


def send_test(product: Product, *, subject: str, text: str, to: Staff, now: datetime) -> Message:
    """Send a letter to one of the team alone, as its receivers would get it."""
    language = current_store().language
    return post(
        NOTE,
        key=f"holders-test:{tokens.public_id()}",
        to=to.user.email,
        name=to.name,
        language=language,
        context={
            "title": product.title,
            "subject": _("Test: %(subject)s") % {"subject": subject},
            "message": text,
            "open_url": page_url("storefront:shelf", language=language),
        },
        due_at=now,
    )


@transaction.atomic
def take_back(letter: HolderLetter, now: datetime) -> bool:
    """Let a letter not leave; False when it is leaving already."""
    rows = HolderLetter.objects.select_for_update(no_key=True)
    row: HolderLetter | None = rows.filter(pk=letter.pk).first()
    if row is None or not row.can_be_taken_back(now):
        return False
    row.delete()
    return True


def stores_with_letters(now: datetime) -> list[int]:
    """Return the stores in which a letter is to leave."""
    with all_stores():
        due = HolderLetter.objects.filter(due_at__lte=now)
        return sorted(set(due.values_list("store_id", flat=True)))


def tell(now: datetime, *, batches: int) -> bool:
    """Write to the next people of the store in scope; say if more wait."""
    for pk in list(HolderLetter.objects.filter(due_at__lte=now).values_list("pk", flat=True)):
        while batches and _tell_batch(pk, now):
            batches -= 1
        if not batches:
            return True
    return False


@transaction.atomic
def _tell_batch(pk: int, now: datetime) -> bool:
    """Write to the next people of one letter; the row is locked, a second worker finds them."""
    due = HolderLetter.objects.filter(pk=pk, due_at__lte=now)
    letter: HolderLetter | None = due.select_for_update(no_key=True).first()
    if letter is None:
        return False
    rows = receivers(letter.product, now, is_news=letter.is_news)
    had_it = rows.filter(created_at__lt=letter.written_at, pk__gt=letter.worked_to)
    found = list(had_it.select_related("product", "customer__user").order_by("pk")[:BATCH])
    _post(letter, found, now)
    if found:
        letter.worked_to = found[-1].pk
    if len(found) < BATCH:
        letter.due_at, letter.told_at = None, now
    letter.save(update_fields=["due_at", "worked_to", "told_at"])
    return letter.due_at is not None


def _post(letter: HolderLetter, accesses: Sequence[Access], now: datetime) -> None:
    told = list({access.customer_id: access for access in accesses}.values())
    links, origin = open_links(told, now), store_origin(current_store())
    shelves = {
        language: page_url("storefront:shelf", language=language, origin=origin)
        for language in {language_of(access) for access in told}
    }
    post_many(
        NEWS if letter.is_news else NOTE,
        [
            Letter(
                key=f"{_key(letter)}{access.customer.public_id}",
                to=access.customer.user.email,
                name=access.customer.name,
                language=language_of(access),
                context={
                    "title": access.product.title,
                    "subject": letter.subject,
                    "message": letter.text,
                    "open_url": links.get(access.pk) or shelves[language_of(access)],
                },
            )
            for access in told
        ],
    )


def how_it_went(letters: Sequence[HolderLetter]) -> dict[int, dict[str, int]]:
    """Return, by letter, how many of its mails are in each state of the outbox."""
    found: dict[int, dict[str, int]] = {}
    for letter in letters:
        rows = Message.objects.filter(key__startswith=_key(letter)).order_by()
        found[letter.pk] = dict(rows.values_list("state").annotate(n=Count("pk")))
    return found


def _key(letter: HolderLetter) -> str:
    return f"holders:{letter.public_id}:"
