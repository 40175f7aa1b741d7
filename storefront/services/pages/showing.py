"""What a page shows: its blocks with what each needs, gathered for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from csp.constants import SELF
from django.conf import settings

from products.models import Product
from storefront.blocks import Around, block_types
from storefront.models import Page, PageVersion
from storefront.services.films.showing import ShownFilm
from stores.models import Store
from stores.scope import current_store


@dataclass(frozen=True)
class ShownBlock:
    """One block, ready for its template."""

    id: str
    key: str
    template: str
    context: Mapping[str, Any]
    is_first: bool


@dataclass(frozen=True)
class ShownPage:
    """A page's blocks in order, and how long they stay true."""

    blocks: Sequence[ShownBlock]
    fresh_for: timedelta
    frames: tuple[str, ...]
    """Where the page may frame something from."""
    needs_script: bool
    plays: bool = False
    """Whether a film of the creator's own stands on it."""

    @property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """From where the page may show what others do not, by directive of its policy."""
        found: dict[str, tuple[str, ...]] = {}
        if self.frames:
            found["frame-src"] = self.frames
        if self.plays and settings.STORAGE_ORIGIN:
            found["media-src"] = (SELF, settings.STORAGE_ORIGIN)
        return found

    @property
    def films(self) -> list[tuple[str, ShownFilm]]:
        """The creator's own films on it, each with what it is called."""
        return [
            (each.context["heading"], each.context["film"])
            for each in self.blocks
            if isinstance(each.context.get("film"), ShownFilm)
        ]

    @property
    def has_heading(self) -> bool:
        """Whether the first block is the page's own heading."""
        return bool(self.blocks) and self.blocks[0].key == "hero"


def shown_page(page: Page, blocks: Sequence[Mapping[str, Any]], now: datetime) -> ShownPage:
    """Return what these blocks of a page show, at a number of queries that no block adds to."""
    seen = [each for each in blocks if not each.get("hidden") and each["key"] in block_types]
    around = Around(current_store(), page, now, [each["fields"] for each in seen])
    by_type: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(seen):
        by_type[each["key"]].append(at)
    contexts: dict[int, Mapping[str, Any]] = {}
    for key, places in by_type.items():
        made = block_types[key].contexts([seen[at]["fields"] for at in places], around)
        contexts |= dict(zip(places, made, strict=True))
    frames = {
        source for each in seen for source in block_types[each["key"]].sources(each["fields"])
    }
    return ShownPage(
        blocks=[
            ShownBlock(
                each["id"], each["key"], block_types[each["key"]].template, contexts[at], at == 0
            )
            for at, each in enumerate(seen)
        ],
        fresh_for=around.fresh_for,
        frames=tuple(sorted(frames)),
        needs_script=any(block_types[each["key"]].needs_script(each["fields"]) for each in seen),
        plays=any(block_types[each["key"]].plays(each["fields"]) for each in seen),
    )


def published_blocks(page: Page) -> list[dict[str, Any]]:
    """Return the blocks visitors see; none while the page is not published."""
    return [] if page.shown is None else list(page.shown.blocks)


def home_of(store: Store, language: str) -> Page | None:
    """Return the creator's own front page in a language; asks nothing where there is none."""
    if not navigation_of(store, language).get("home"):
        return None
    found: Page | None = (
        Page.objects.published()
        .filter(kind=Page.Kind.HOME, language=language)
        .select_related("shown")
        .first()
    )
    return found


def more_of(product: Product, now: datetime) -> ShownPage | None:
    """Return what the creator put under a product's spine; asks nothing where there is nothing."""
    if product.public_id not in current_store().navigation.get("products", []):
        return None
    page = Page.objects.published().filter(product=product.pk).select_related("shown").first()
    return None if page is None else shown_page(page, published_blocks(page), now)


def navigation_of(store: Store, language: str) -> dict[str, Any]:
    """Return what stands around every page in a language, as it was written down last."""
    found: dict[str, Any] = store.navigation.get("languages", {}).get(language, {})
    return found


def draft_blocks(page: Page) -> list[dict[str, Any]]:
    """Return the blocks of the draft; where there is none, those that visitors see."""
    draft = PageVersion.objects.filter(page=page, published_at=None).first()
    return list(draft.blocks) if draft else published_blocks(page)
