"""The kinds of mail to people who moved in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from stores.slots import MailKind

WORDS = ("title", "amount", "day", "renew_url", "store_name")
KINDS = (
    MailKind(
        "moved_in",
        gettext_lazy("what was bought elsewhere is here"),
        ("titles", "shelf_url", "store_name"),
        8,
        waits=True,
        when=gettext_lazy(
            "When you move people in and tick it, to who bought something once: one mail each."
        ),
        sample={"titles": [pgettext_lazy("an example of a title", "The First Stitch")]},
    ),
    MailKind(
        "renew_here",
        gettext_lazy("going on here"),
        WORDS,
        8,
        waits=True,
        when=gettext_lazy("When you send the letters to people who moved in."),
    ),
    MailKind(
        "renew_here_again",
        gettext_lazy("going on here, once more"),
        WORDS,
        8,
        waits=True,
        when=gettext_lazy("Three days before their next charge, to who did not answer."),
    ),
    MailKind(
        "renew_here_over",
        gettext_lazy("what was paid for has ended"),
        ("title", "product_url", "store_name"),
        8,
        waits=True,
        when=gettext_lazy("When what they had paid for elsewhere is over, and they did not go on."),
    ),
)
