"""What placeholders are called and how an example of each reads: the vocabulary of all mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

ALWAYS = ("recipient_name", "store_name")
"""What every mail can say."""

WORDS: dict[str, Text] = {
    "recipient_name": _("the receiver's name"),
    "store_name": _("your store's name"),
    "customer_name": _("the customer's name"),
    "customer_email": _("the customer's address"),
    "number": _("the order's number"),
    "date": _("the day of the order"),
    "total": _("the total"),
    "amount": _("the amount"),
    "lines": _("what was bought, line by line"),
    "links": _("a button for each thing bought"),
    "reason": _("the reason, when one was given"),
    "about": _("what it is about"),
    "title": _("the product"),
    "product": _("the product"),
    "code": _("the code"),
    "minutes": _("for how many minutes it works"),
    "opens_on": _("the day it opens"),
    "day": _("the day"),
    "until": _("until when"),
    "message": _("what was written"),
    "url": _("the link"),
    "shelf_url": _("a link to the customer's shelf"),
    "order_url": _("a link to the order"),
    "product_url": _("a link to the product"),
    "store_url": _("a link to the store"),
    "admin_url": _("a link to the place in your admin"),
}
"""Names that are not here are shown as they are, without their lines."""

SAMPLES: dict[str, Text] = {
    "recipient_name": _("Noa Levi"),
    "customer_name": _("Noa Levi"),
    "customer_email": "noa@example.com",
    "from_name": _("Noa Levi"),
    "to_name": _("Dan"),
    "who": _("Noa Levi"),
    "name": _("Noa Levi"),
    "number": "1042",
    "total": "₪49.00",
    "amount": "₪49.00",
    "title": _("The first stitch"),
    "product": _("The first stitch"),
    "label": pgettext_lazy("an example of a price's name", "with the workbook"),
    "date": _("1 March 2027"),
    "day": _("1 March 2027"),
    "opens_on": _("1 March 2027"),
    "until": _("1 March 2027"),
    "hour": "09:00",
    "code": "482 913",
    "minutes": "15",
    "count": "3",
    "reason": _("With our apologies."),
    "email": "noa@example.com",
    "address": "noa@example.com",
}
