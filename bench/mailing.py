"""How fast the outbox sends, against Django's own kept connection to the same mail server.

Django's sends what is built already, one mail after the other, and keeps nothing: no row, no claim,
no template, no record. Ours does all of that, from a message that is due to one that was sent.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from bench.shop import Shop, open_shop

# isort: split
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from bench.measuring import promised, share
from mail.models import Message
from mail.services.outbox import Letter, post_many
from mail.services.rendering import build, store_sender
from mail.services.sending import send_for_store
from stores.models import QuietTimes
from stores.scope import store_scope

SINGLE, MAILING = 0.8, 3.0
SOME, MANY = 50, 500
"""How many mails one measured act sends: single ones, and of a mailing."""
KIND, BULK_KIND = "receipt", "new_edition"
READ = "http://thread.localhost:8000/read/%d/"
SHELF = "http://thread.localhost:8000/shelf/"
ROOT = Path(__file__).resolve().parent.parent
numbers = count()


@contextmanager
def sink() -> Iterator[int]:
    """Run the mail server in a process of its own; give its port."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 -- ours
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def context(kind: str, number: int) -> dict[str, Any]:
    """Return what one mail tells: each its own order, or its own link to the same edition."""
    if kind == BULK_KIND:
        words = {"title": "The First Stitch", "edition": "2", "changes": ["A chapter on zips."]}
        return {**words, "open_url": READ % number, "shelf_url": SHELF}
    return {
        "number": str(1000 + number),
        "date": "1 March 2027",
        "total": f"₪{40 + number % 10}",
        "lines": [{"title": "The First Stitch", "amount": f"₪{40 + number % 10}"}],
        "links": [{"title": "The First Stitch", "url": READ % number}],
        "shelf_url": SHELF,
    }


def fill(kind: str, many: int) -> None:
    """Put messages into the outbox that are due."""
    some = [next(numbers) for _each in range(many)]
    letters = [
        Letter(f"{kind}:{n}", f"reader{n}@example.com", "en", context(kind, n), f"Charlie {n}")
        for n in some
    ]
    post_many(kind, letters)


def kept(mail: EmailMultiAlternatives, many: int) -> Callable[[], None]:
    """Return what sends some copies of a mail over one kept connection of Django's."""
    connection = get_connection()
    connection.open()

    def send() -> None:
        for number in range(many):
            mail.to = [f"reader{number}@example.com"]
            assert connection.send_messages([mail]) == 1

    return send


def compared(shop: Shop, kind: str, many: int, words: str) -> float:
    """Return our speed as a share of Django's, by the time that passes, rows not yet written."""
    with store_scope(shop.store):
        Message.objects.all().delete()
        fill(kind, many)
        first = Message.objects.filter(kind=kind).latest("id")
        mail = build(first, store_sender(shop.store))

        def before() -> None:
            Message.objects.all().delete()
            fill(kind, many)

        def ours() -> None:
            assert send_for_store() == many

        contestants = {"kept": kept(mail, many), "ours": ours}
        return share(words, contestants, times=3, clock=time.perf_counter, before=before)


def main() -> None:
    """Measure and print, and say by the exit whether both promises hold."""
    shop = open_shop(b"PK" * 50_000)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with store_scope(shop.store):  # so that nothing waits, whenever this is run
        QuietTimes.objects.create(has_nights=False, rest="none", calendar="none")
    with sink() as port:
        settings.EMAIL_PORT = port
        single = promised(compared(shop, KIND, SOME, f"{SOME} single mails"), at_least=SINGLE)
        mailing = promised(
            compared(shop, BULK_KIND, MANY, f"{MANY} of a mailing"), at_least=MAILING
        )
    sys.exit(not (single and mailing))


if __name__ == "__main__":
    main()
