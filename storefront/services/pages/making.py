"""Making pages: with starting blocks, at an address of their own, and taking them away again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.text import slugify
from products.models import Product
from storefront.models import Page, PageVersion
from storefront.policies import policy_blocks
from storefront.services.navigation import rebuild
from storefront.services.pages.drafts import new_block
from storefront.services.redirects import follow_slug
from stores.models import Staff
from stores.scope import current_store


@transaction.atomic
def create_page(
    kind: str,
    *,
    title: str,
    language: str,
    now: datetime,
    staff: Staff | None = None,
    topic: str = "",
    product: Product | None = None,
    slug: str = "",
    blocks: Sequence[dict[str, Any]] | None = None,
) -> Page:
    """Make a page with a draft of starting blocks; nobody sees it before it is published."""
    page: Page = Page.objects.create(
        kind=kind, topic=topic, title=title, language=language, product=product, created_at=now
    )
    if page.has_address:
        page.slug = free_slug(slug or slugify(title) or topic or "page", page)
        page.save(update_fields=["slug"])
    begun = starting_blocks(page) if blocks is None else list(blocks)
    PageVersion.objects.create(page=page, blocks=begun, saved_by=staff, made_at=now, saved_at=now)
    return page


def free_slug(wanted: str, page: Page) -> str:
    """Return an address that no other page of the store has."""
    taken = set(Page.objects.kept().exclude(pk=page.pk).values_list("slug", flat=True))
    slug, number = wanted[:76], 2
    while slug in taken:
        slug, number = f"{wanted[:70]}-{number}", number + 1
    return slug


@transaction.atomic
def moved(page: Page, old_slug: str, *, now: datetime) -> None:
    """Let the address a published page had lead to where it is now; and the menus with it."""
    if page.shown_id and old_slug and old_slug != page.slug:
        follow_slug(old_slug, page.slug, now=now)
    rebuild(current_store())


@transaction.atomic
def delete_page(page: Page, *, now: datetime) -> None:
    """Take a page away with its address; ``bring_back`` undoes it."""
    Page.objects.filter(pk=page.pk).update(deleted_at=now)
    rebuild(current_store())


@transaction.atomic
def bring_back(page: Page) -> Page:
    """Undo the deleting of a page; where its address was taken meanwhile it gets another."""
    locked: Page = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    if locked.slug:
        locked.slug = free_slug(locked.slug, locked)
    locked.deleted_at = None
    locked.save(update_fields=["deleted_at", "slug"])
    rebuild(current_store())
    return locked


def starting_blocks(page: Page) -> list[dict[str, Any]]:
    """Return what a new page of this kind begins with, in its own language."""
    with override(page.language):
        if page.kind == Page.Kind.POLICY:
            return policy_blocks(page.topic, page.language, current_store())
        return [new_block(key, fields) for key, fields in _beginning(page)]


def _beginning(page: Page) -> list[tuple[str, dict[str, Any]]]:
    store = current_store()
    opening = {"heading": page.title, "lead": ""}
    if page.kind == Page.Kind.HOME:
        return [
            ("hero", {"heading": store.tagline or store.name, "kick": store.name, "lead": ""}),
            ("products", {"heading": _("From the shop"), "category": "", "rows": []}),
            ("divider", {}),
            ("maker", {"heading": _("Who is behind this"), "name": "", "text": ""}),
        ]
    if page.kind == Page.Kind.ABOUT:
        return [("hero", opening), ("maker", {"heading": "", "name": "", "text": store.about})]
    if page.kind == Page.Kind.LANDING:
        join = {"heading": _("Where shall it be sent?"), "button": _("Send it to me")}
        return [
            ("hero", opening),
            ("features", {"heading": _("What is in it"), "rows": []}),
            ("signup", join),
        ]
    if page.kind == Page.Kind.PRODUCT:
        return [
            ("text", {"heading": "", "text": ""}),
            ("testimonial", {"heading": _("What people say"), "rows": []}),
            ("questions", {"heading": _("Often asked"), "rows": []}),
        ]
    return [("hero", opening), ("text", {"heading": "", "text": ""})]
