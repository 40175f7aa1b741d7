"""What is known of the price of a book like this one, in plain sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import money
from ebooks.models import Ebook
from products.models import Price, Product
from stores.scope import current_store

FEW_PAGES, MANY_PAGES = 40, 250
FAR_BELOW = 3
"""A price under a third of the others stands out."""


def advice_for(book: Ebook) -> list[str]:
    """Return advice on the book's price: by its length, and beside the shop's other books."""
    return [*_by_length(book.pages or 0), *_beside_others(book)]


def _by_length(pages: int) -> list[str]:
    if not pages:
        return []
    words = ngettext("It has %(count)s page.", "It has %(count)s pages.", pages) % {"count": pages}
    if pages <= FEW_PAGES:
        more = _("Short is no reason to be cheap: people pay for the hour it saves them.")
    elif pages >= MANY_PAGES:
        more = _("A long book may cost more; a short first part of it may sell more.")
    else:
        more = _("What it changes for the reader sets the price, not its length.")
    return [f"{words} {more}"]


def _beside_others(book: Ebook) -> list[str]:
    currency = current_store().currency
    rows = Price.objects.filter(is_active=True, kind=Price.Kind.ONE_TIME, currency=currency)
    others = sorted(
        rows.filter(product__format="ebook", product__status=Product.Status.PUBLISHED)
        .exclude(product=book.pk)
        .values_list("amount", flat=True)
    )
    if not others:
        return []
    least, most = (money.display(each, currency) for each in (others[0], others[-1]))
    if least == most:
        found = [_("Your other books cost %(least)s.") % {"least": least}]
    else:
        words = {"least": least, "most": most}
        found = [_("Your other books cost %(least)s to %(most)s.") % words]
    own = list(rows.filter(product=book.pk).values_list("amount", flat=True))
    if own and min(own) * FAR_BELOW < others[0]:
        found.append(_("This one costs far less; visitors may think that it is worth far less."))
    return found
