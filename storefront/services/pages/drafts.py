"""The draft of a page: adding, changing, moving and deleting its blocks, by several people at once.

Whatever is done is done to the newest draft under its lock, by a block's lasting id; so two people
never lose each other's work. Only the same block changed by both needs a decision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from core import tokens
from storefront.errors import ChangedMeanwhile, NoSuchBlock, TooManyBlocks
from storefront.models import Page, PageVersion
from stores.models import Staff

MOST_BLOCKS = 60
MOST_REMOVED = 20
Block = dict[str, Any]


def digest_of(fields: Mapping[str, Any]) -> str:
    """Return a short name of what a block holds, to see whether it changed since."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()[:16]


def new_block(key: str, fields: Mapping[str, Any] | None = None) -> Block:
    """Return a block of a kind, with an id that it keeps."""
    return {
        "id": f"b{tokens.public_id()[:10]}",
        "key": key,
        "hidden": False,
        "fields": dict(fields or {}),
    }


@transaction.atomic
def draft_of(page: Page, *, staff: Staff | None, now: datetime) -> PageVersion:
    """Return the page's draft, begun from what visitors see where there is none; it is locked."""
    locked: Page = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    draft: PageVersion | None = PageVersion.objects.filter(page=locked, published_at=None).first()
    if draft is None:
        shown = PageVersion.objects.filter(pk=locked.shown_id).first()
        blocks = list(shown.blocks) if shown else []
        draft = PageVersion.objects.create(
            page=locked, blocks=blocks, saved_by=staff, made_at=now, saved_at=now
        )
    return draft


def block_in(blocks: Sequence[Block], block_id: str) -> Block:
    """Return the block with an id; NoSuchBlock when it is gone."""
    found = next((each for each in blocks if each["id"] == block_id), None)
    if found is None:
        raise NoSuchBlock(block_id)
    return found


def add_block(
    page: Page,
    key: str,
    *,
    staff: Staff,
    now: datetime,
    after: str = "",
    fields: Mapping[str, Any] | None = None,
) -> Block:
    """Put a new block after another, or at the end."""
    made = new_block(key, fields)

    def change(blocks: list[Block], _draft: PageVersion) -> None:
        if len(blocks) >= MOST_BLOCKS:
            raise TooManyBlocks(page.public_id)
        ids = [each["id"] for each in blocks]
        blocks.insert(ids.index(after) + 1 if after in ids else len(blocks), made)

    _change(page, change, staff, now)
    return made


def save_block(
    page: Page, block_id: str, fields: Mapping[str, Any], *, was: str, staff: Staff, now: datetime
) -> Block:
    """Keep what a block holds; ChangedMeanwhile when it is no longer what it ``was``.

    ``was`` is its digest when it was opened; empty overrides whatever came between.
    """
    found: list[Block] = []

    def change(blocks: list[Block], draft: PageVersion) -> None:
        block = block_in(blocks, block_id)
        here = digest_of(block["fields"])
        if was and here not in {was, digest_of(fields)}:
            raise ChangedMeanwhile(draft.saved_by.name if draft.saved_by else "")
        block["fields"] = dict(fields)
        found.append(block)

    _change(page, change, staff, now)
    return found[0]


def move_block(page: Page, block_id: str, by: int, *, staff: Staff, now: datetime) -> None:
    """Move a block up (-1) or down (1); at the end it stays."""

    def change(blocks: list[Block], _draft: PageVersion) -> None:
        block = block_in(blocks, block_id)
        at = blocks.index(block)
        blocks.pop(at)
        blocks.insert(max(0, min(len(blocks), at + by)), block)

    _change(page, change, staff, now)


def order_blocks(page: Page, ids: Sequence[str], *, staff: Staff, now: datetime) -> None:
    """Put the blocks in this order; those not named, just added by somebody, keep their places."""

    def change(blocks: list[Block], _draft: PageVersion) -> None:
        known = [each for each in ids if any(each == block["id"] for block in blocks)]
        named = iter([block_in(blocks, each) for each in dict.fromkeys(known)])
        blocks[:] = [next(named) if block["id"] in known else block for block in blocks]

    _change(page, change, staff, now)


def duplicate_block(page: Page, block_id: str, *, staff: Staff, now: datetime) -> Block:
    """Put a copy of a block after it."""
    block = block_in(draft_of(page, staff=staff, now=now).blocks, block_id)
    return add_block(
        page, block["key"], staff=staff, now=now, after=block_id, fields=block["fields"]
    )


def hide_block(page: Page, block_id: str, *, is_hidden: bool, staff: Staff, now: datetime) -> None:
    """Leave a block out of the page, or show it again; what it holds stays."""

    def change(blocks: list[Block], _draft: PageVersion) -> None:
        block_in(blocks, block_id)["hidden"] = is_hidden

    _change(page, change, staff, now)


def delete_block(page: Page, block_id: str, *, staff: Staff, now: datetime) -> None:
    """Take a block off the draft; ``undo_delete`` brings it back to its place."""

    def change(blocks: list[Block], draft: PageVersion) -> None:
        block = block_in(blocks, block_id)
        at = blocks.index(block)
        blocks.pop(at)
        draft.removed = [*draft.removed, {"at": at, "block": block}][-MOST_REMOVED:]

    _change(page, change, staff, now)


def undo_delete(page: Page, *, staff: Staff, now: datetime) -> Block | None:
    """Bring back what was deleted last; None when there is nothing."""
    found: list[Block] = []

    def change(blocks: list[Block], draft: PageVersion) -> None:
        if draft.removed:
            *draft.removed, last = draft.removed
            blocks.insert(min(last["at"], len(blocks)), last["block"])
            found.append(last["block"])

    _change(page, change, staff, now)
    return found[0] if found else None


@transaction.atomic
def drop_draft(page: Page) -> None:
    """Throw the draft away: the page stays as visitors see it."""
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    PageVersion.objects.filter(page=page, published_at=None).delete()


@transaction.atomic
def _change(
    page: Page, change: Callable[[list[Block], PageVersion], None], staff: Staff, now: datetime
) -> PageVersion:
    draft = draft_of(page, staff=staff, now=now)
    blocks = list(draft.blocks)
    change(blocks, draft)
    draft.blocks, draft.saved_by, draft.saved_at = blocks, staff, now
    draft.save(update_fields=["blocks", "removed", "saved_by", "saved_at"])
    return draft
