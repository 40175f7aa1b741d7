"""What a kind of block is: a form for what the creator types, a template, and what it shows.

docs/pages.md says how to write one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from storefront.blocks.fields import texts_of
from storefront.models import Captions, Film, Page
from storefront.services.films.showing import ShownFilm, captions_with, films_with, shown_film
from storefront.services.offers import MOST_FRESH
from storefront.services.pages.pictures import Shown, own_picture, shown_pictures
from storefront.services.pages.targets import paths_of
from stores.models import Store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from storefront.blocks.fields import BlockForm

    Text = str | _StrPromise

Fields = Mapping[str, Any]


@dataclass
class Around:
    """What blocks of one page may ask for; each is asked once for all of them together."""

    store: Store
    page: Page
    now: datetime
    blocks: Sequence[Fields]
    """The fields of all blocks of the page."""
    is_draft: bool = False
    fresh_for: timedelta = field(default=MOST_FRESH)

    @cached_property
    def pictures(self) -> dict[str, Shown]:
        """The pictures of all blocks, by their public id, in one query."""
        return shown_pictures(set(_values("id", self.blocks)))

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where each target of all blocks leads, in at most one query for each kind."""
        return paths_of(set(_values("leads_to", self.blocks)))

    def picture(self, value: Any) -> dict[str, Any] | None:
        """Return a picture with its words, or None where there is none."""
        shown = self.pictures.get((value or {}).get("id", ""))
        if shown is None:
            return None
        return {"shown": shown, "alt": value.get("alt", ""), "focus": value.get("focus", "")}

    @cached_property
    def films(self) -> dict[str, Film]:
        """The films of all blocks, by their public id, in one query."""
        return films_with(set(_values("film_id", self.blocks)))

    @cached_property
    def captions(self) -> dict[str, Captions]:
        """The captions of all blocks, by their public id, in one query."""
        return captions_with(set(_values("captions_id", self.blocks)))

    def film(self, value: Any) -> ShownFilm | None:
        """Return a film of the creator's own, or None where there is none."""
        kept = value or {}
        film = self.films.get(kept.get("film_id", ""))
        if film is None:
            return None
        captions = self.captions.get(kept.get("captions_id", ""))
        return shown_film(film, captions, kept.get("language") or self.page.language)

    def own_picture(self, kind: str) -> dict[str, Any] | None:
        """Return the shop's picture (``hero``) or its maker's face (``maker``), if there is one."""
        return own_picture(self.store.look, kind)

    def link(self, fields: Fields) -> str:
        """Return where a block's button leads; empty when nowhere, or to what is gone."""
        target = fields.get("leads_to", "")
        return fields.get("url", "") if target == "url" else self.paths.get(target, "")


def _values(key: str, value: Any) -> Iterator[str]:
    """Return every text that stands under ``key``, however deep."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == key and isinstance(inner, str) and inner:
                yield inner
            else:
                yield from _values(key, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(key, inner)


class BlockType:
    """One kind of block. Derive, say what it is, and register it in ``storefront.blocks``."""

    key: ClassVar[str]
    label: ClassVar[Text]
    line: ClassVar[Text]
    """What it is good for, in one line, for the picker."""
    form: ClassVar[type[BlockForm]]
    frames: ClassVar[tuple[str, ...]] = ()
    """Where its page may frame something from, when it does."""

    @property
    def template(self) -> str:
        """The template it is shown with; ``block`` is what ``contexts`` gave."""
        return f"storefront/blocks/{self.key}.html"

    def contexts(self, many: Sequence[Fields], around: Around) -> list[dict[str, Any]]:
        """Return what each of these blocks shows, at a constant number of queries."""
        return [self.context(fields, around) for fields in many]

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return what one block shows, from its fields and what was gathered for all."""
        return {**fields, "href": around.link(fields), "image": around.picture(fields.get("image"))}

    def summary(self, fields: Fields) -> str:
        """Return what the block is called in the editor: its own first words."""
        words = (value for value in fields.values() if isinstance(value, str))
        return next((text.strip()[:80] for text in words if text.strip()), "")

    def words(self, fields: Fields) -> Iterator[str]:
        """Return the texts of this block that a visitor reads, for the search of the shop."""
        return texts_of(self.form, fields)

    def sources(self, fields: Fields) -> tuple[str, ...]:
        """Return where this block frames something from."""
        return ()

    def plays(self, fields: Fields) -> bool:
        """Whether it plays a film of the creator's own, which may lie in the object storage."""
        return False

    def needs_script(self, fields: Fields) -> bool:
        """Whether the page needs ``static/js/blocks.js`` for it."""
        return False
