"""What a copy says of its holder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from access import contract
from access.models import Access
from core import tokens
from core.paper import UNSEEN, apart
from products.models import Product
from stores.scope import current_store

FACES = Path(settings.BASE_DIR) / "static" / "built" / "fonts" / "paper"
MORE_FACES = ("latin-ext", "cyrillic", "arabic")
LONGEST_NAME = 60
STAMP = "1"
"""Raised when the look of a copy changes, so that older copies are made anew."""


class FacesMissingError(RuntimeError):
    """The faces of documents are not built; set-up (bin/build) makes them."""


@dataclass(frozen=True)
class Line:
    """The words of one copy, in the language of the book."""

    line: str
    heading: str
    language: str
    is_rtl: bool

    @property
    def version(self) -> str:
        """What this line is called in the table, which tells nobody what it says."""
        said = f"{self.language} {self.line}"
        return f"{STAMP}.{tokens.keyed_hash('stamp', said)[:20]}"

    @property
    def plain(self) -> str:
        """The line without the marks that keep a name apart from the words around it."""
        return "".join(letter for letter in self.line if letter not in UNSEEN)


def line_of(access: Access) -> Line:
    """Return what the copy of this access says: who holds it, and the order it came with."""
    bought = {pk: found for ask in contract.purchases for pk, found in ask([access]).items()}
    purchase = bought.get(access.pk)
    customer = access.customer
    name = customer.name or (purchase.name if purchase else "") or customer.user.email
    language = access.product.language or current_store().language
    with override(language):
        said = {"name": apart(_short(name)), "number": apart(purchase.number) if purchase else ""}
        line = (
            _("This copy belongs to %(name)s · order %(number)s")
            if purchase
            else _("This copy belongs to %(name)s")
        )
        return Line(line % said, str(_("Whose copy this is")), language, get_language_bidi())


def example_of(product: Product) -> str:
    """Return the line of a copy as some buyer's would read, to show what stamping is."""
    language = product.language or current_store().language
    with override(language):
        said = {"name": apart(_("Noa Levi")), "number": apart("1042")}
        return _("This copy belongs to %(name)s · order %(number)s") % said


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
