"""A process of its own that posts mails in a store and ends: ``python -m tests.work.poster N``."""

import sys

import django


def post_some(count: int) -> None:
    """Post so many sign-in-like mails in the store at thread.localhost."""
    from django.db import transaction

    from mail.services.outbox import post
    from stores.models import Store
    from stores.scope import store_scope

    store = Store.objects.at_host("thread.localhost").get()
    with store_scope(store), transaction.atomic():
        for number in range(count):
            post(
                "sign-in",
                key=f"work-{number}",
                to=f"person{number}@example.com",
                language="en",
                context={"code": "482 913", "url": "http://x/", "minutes": 15, "is_known": True},
            )


if __name__ == "__main__":
    django.setup()
    post_some(int(sys.argv[1]))
