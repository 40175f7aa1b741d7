"""Publishing a page: an act of its own, with its effect in words, now or later; and going back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storefront.blocks import block_types
from storefront.models import Page, PageVersion
from storefront.services.navigation import rebuild
from storefront.services.pages.drafts import draft_of
from stores.models import Business, Staff
from stores.scope import all_stores, current_store, store_scope

KEPT_VERSIONS = 60


@transaction.atomic
def publish(page: Page, *, staff: Staff | None, now: datetime) -> PageVersion:
    """Show the draft to visitors; without a draft what they see is published again as it is."""
    draft = draft_of(page, staff=staff, now=now)
    draft.published_at, draft.due_at, draft.removed = now, None, []
    draft.save(update_fields=["published_at", "due_at", "removed"])
    Page.objects.filter(pk=page.pk).update(shown=draft)
    page.shown = draft
    _tell_business(page, draft)
    rebuild(current_store())
    old = (
        PageVersion.objects.filter(page=page)
        .exclude(published_at=None)
        .values_list("pk", flat=True)
    )
    PageVersion.objects.filter(pk__in=list(old[KEPT_VERSIONS:])).delete()
    return draft


@transaction.atomic
def unpublish(page: Page) -> None:
    """Take the page away from visitors; its versions stay."""
    Page.objects.filter(pk=page.pk).update(shown=None)
    page.shown = None
    rebuild(current_store())


@transaction.atomic
def restore(page: Page, version: PageVersion, *, staff: Staff, now: datetime) -> PageVersion:
    """Make the draft what a version was; nothing changes for visitors until it is published."""
    draft = draft_of(page, staff=staff, now=now)
    draft.blocks, draft.saved_by, draft.saved_at, draft.removed = version.blocks, staff, now, []
    draft.save(update_fields=["blocks", "saved_by", "saved_at", "removed"])
    return draft


@transaction.atomic
def schedule(page: Page, *, at: datetime | None, staff: Staff, now: datetime) -> PageVersion:
    """Let the draft be published by itself at a moment; None takes that back."""
    draft = draft_of(page, staff=staff, now=now)
    draft.due_at = at
    draft.save(update_fields=["due_at"])
    return draft


def publish_due(now: datetime) -> int:
    """Publish every draft whose moment has come, in all stores; return how many."""
    with all_stores():
        due = list(
            PageVersion.objects.filter(due_at__lte=now, published_at=None, page__deleted_at=None)
            .select_related("page", "store__look")
            .order_by("due_at")
        )
    for draft in due:
        with store_scope(draft.store), transaction.atomic():
            locked = PageVersion.objects.select_for_update(no_key=True).filter(
                pk=draft.pk, published_at=None
            )
            if locked.filter(due_at__lte=now).exists():
                publish(draft.page, staff=None, now=now)
    return len(due)


def what_changes(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[str]:
    """Return in sentences what visitors will see differently."""
    before = {each["id"]: each for each in old if not each.get("hidden")}
    after = {each["id"]: each for each in new if not each.get("hidden")}
    added = [after[key] for key in after if key not in before]
    gone = [before[key] for key in before if key not in after]
    changed = [
        after[key]
        for key in after
        if key in before and after[key]["fields"] != before[key]["fields"]
    ]
    sentences = [
        *(_("New: %(block)s.") % {"block": name_of(each)} for each in added),
        *(_("Changed: %(block)s.") % {"block": name_of(each)} for each in changed),
        *(_("Gone: %(block)s.") % {"block": name_of(each)} for each in gone),
    ]
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        sentences.append(_("The order is another."))
    return sentences


def name_of(block: dict[str, Any]) -> str:
    """Return what a block is called: its kind and its first words."""
    kind = block_types[block["key"]]
    words = kind.summary(block["fields"])
    return f"{kind.label} “{words}”" if words else str(kind.label)


def length_in_words(blocks: Sequence[dict[str, Any]]) -> str:
    """Return how many blocks a page has."""
    count = len([each for each in blocks if not each.get("hidden")])
    return ngettext("%(count)s block", "%(count)s blocks", count) % {"count": count}


def _tell_business(page: Page, version: PageVersion) -> None:
    """Let the checkout show the terms as they stand on their page, in the store's own language."""
    if page.topic != Page.Topic.TERMS or page.language != current_store().language:
        return
    texts = [
        "\n\n".join(filter(None, (each["fields"].get("heading"), each["fields"].get("text"))))
        for each in version.blocks
        if each["key"] == "text" and not each.get("hidden")
    ]
    Business.objects.update(terms="\n\n".join(texts)[:20_000])
