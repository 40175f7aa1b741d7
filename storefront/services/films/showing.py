"""How a film stands on a page, and who may have it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import get_language_info

from products.models import Product
from storefront.models import Captions, Film, Page
from storefront.services.addresses import canonical_path
from storefront.services.pages.pictures import shown_picture

FIELD = "film"
"""What a block calls its film: ``{"film_id", "captions_id", "language"}``."""


@dataclass(frozen=True)
class ShownFilm:
    """A film as a page shows it: sizes in pixels, addresses without host."""

    src: str
    name: str
    width: int
    height: int
    seconds: int
    poster: str
    """A picture out of it; empty while there is none."""
    captions: str
    captions_language: str
    captions_label: str
    lines: int
    """How many captions there are."""
    made_at: datetime

    @property
    def is_tall(self) -> bool:
        """Whether it is higher than it is wide, as a phone films."""
        return self.height > self.width

    @property
    def length(self) -> str:
        """How long it is, as players write it."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}"


def films_with(public_ids: Collection[str]) -> dict[str, Film]:
    """Return these films of the store in scope by public id, in one query; none for none."""
    if not public_ids:
        return {}
    rows = Film.objects.filter(public_id__in=public_ids).select_related("poster")
    return {row.public_id: row for row in rows}


def captions_with(public_ids: Collection[str]) -> dict[str, Captions]:
    """Return these captions of the store in scope by public id, in one query; none for none."""
    if not public_ids:
        return {}
    rows = Captions.objects.filter(public_id__in=public_ids).defer("text")
    return {row.public_id: row for row in rows}


def shown_film(film: Film, captions: Captions | None, language: str) -> ShownFilm:
    """Return a film as it is shown, with its captions in their language."""
    label = str(get_language_info(language)["name_local"]) if captions else ""
    return ShownFilm(
        src=film_path(film),
        name=film.original_name,
        width=film.width,
        height=film.height,
        seconds=film.seconds,
        poster=shown_picture(film.poster).wide if film.poster else "",
        captions=captions_path(captions) if captions else "",
        captions_language=language if captions else "",
        captions_label=label,
        lines=captions.lines if captions else 0,
        made_at=film.made_at,
    )


def film_path(film: Film) -> str:
    """Return a film's address, the same in every language."""
    path = reverse("storefront:film", args=[film.public_id, film.digest])
    return canonical_path(path, "")


def captions_path(captions: Captions) -> str:
    """Return the captions' address, the same in every language."""
    path = reverse("storefront:captions", args=[captions.public_id, captions.digest])
    return canonical_path(path, "")


def is_public(public_id: str) -> bool:
    """Whether a page that visitors see shows this film, or these captions, right now."""
    pages = Page.objects.published().filter(
        Q(product=None) | Q(product__in=Product.objects.reachable())
    )
    naming = pages.alias(written=Cast("shown__blocks", TextField())).filter(
        written__contains=public_id
    )
    return any(
        public_id in set(_named(page.shown.blocks))
        for page in naming.select_related("shown")
        if page.shown is not None
    )


def _named(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return the films and captions of the blocks that are not hidden."""
    for each in blocks:
        film = each["fields"].get(FIELD)
        if isinstance(film, Mapping) and not each.get("hidden"):
            yield from (film.get("film_id", ""), film.get("captions_id", ""))
