"""A product's page: the spine all formats share, filled from catalogue and contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext as _

from core.addresses import path_to
from core.prepared import Prepared, given
from core.shown import Seen, Shown
from products.models import Product
from products.services.lists import kind_for
from products.services.offering import fetch_prices, is_offered, to_be_had
from storefront.services.addresses import canonical_path as canonical_path  # noqa: PLC0414 -- also asked for here
from storefront.services.inside import Contents, contents_of, with_whether_anything_is_inside
from storefront.services.offers import (
    Offer,
    Standing,
    fresh_for,
    offer_of,
    standing,
)
from storefront.services.openings import countdown, opens_in_words, promise
from storefront.services.pages.pictures import own_picture
from storefront.services.related import Related, related, with_those_beside
from storefront.services.sharing.cards import share_path
from storefront.services.structured import described
from storefront.services.things import Thing, path_of, thing_of
from storefront.services.twins import Twin, twins_of
from stores.scope import current_store

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from products.contract import OutlineRow

Status = Product.Status
ROWS_SHOWN = 12


@dataclass(frozen=True)
class ProductPage(Seen):
    """All that templates/storefront/product.html shows to anybody."""

    product: Product
    thing: Thing
    kick: str
    headline: str
    lead: str
    offers: list[Offer]
    """What can be bought now."""
    rows: list[Offer]
    """All prices shown, in the creator's order: also those sold out or not on sale yet."""
    contents: Contents
    state: str
    """Why it cannot be bought, in one sentence; empty when it can."""
    is_gift: bool
    opens: str
    """When it opens, if that is ahead, or that it is late."""
    countdown: str
    promise: str
    """What holds for whoever buys before the opening."""
    list_url: str
    """Where one asks to hear of it, while there is such a list."""
    list_verb: str
    sample_url: str
    """Where a sample is asked for by mail; empty where nothing is open to anyone."""
    look_inside: str
    """Where what is open to anyone opens; empty where nothing is."""
    outline: Sequence[OutlineRow]
    outline_rest: Sequence[OutlineRow]
    """What is folded away when the contents are long."""
    section: str
    """The template of the format's own section, if it has one."""
    about: Mapping[str, Any]
    """What that section shows."""
    gets: list[str]
    keeps: list[str]
    maker: str
    face: Mapping[str, Any] | None
    """The picture of the store's maker, if there is one."""
    related: Sequence[Related]
    """What else a visitor may want."""
    canonical: str
    picture: str
    twins: Sequence[Twin]
    """The same product in other languages, itself among them; empty without any."""
    questions: Sequence[Mapping[str, str]]
    """What its creator is asked, with the answers."""
    structured: SafeString
    share: str
    """The picture it is shared with, 1200 × 630."""
    share_alt: str
    is_indexed: bool
    fresh_for: timedelta


def product_page(
    product: Product, *, origin: str, now: datetime, beside: Sequence[Product] = ()
) -> ProductPage:
    """Return the page of ``product``; ``origin`` is the store's primary scheme and host.

    ``beside`` are the products found with it (``related.with_those_beside``).
    """
    shown = standing([product], now).get(product.pk, [])
    contents = contents_of(product, [each.price for each in shown if each.is_open])
    rows_shown = [
        offer_of(each.price, each, contents.at_price.get(each.price.pk, ())) for each in shown
    ]
    offers = [offer for offer in rows_shown if not offer.why_not]
    thing = thing_of(product)
    label = capfirst(str(product.contract.label))
    about = Shown(product.contract.about(product, now))
    rows = product.contract.outline(product)
    address = origin + canonical_path(path_of(product), product.language)
    picture = origin + thing.cover.src if thing.cover else ""
    twins = twins_of(product, origin)
    share = origin + share_path(product)
    return ProductPage(
        product=product,
        thing=thing,
        kick=f"{label} · {product.title}" if product.result else label,
        headline=product.result or product.title,
        lead=product.tagline,
        offers=offers,
        rows=rows_shown,
        contents=contents,
        state=_state(product, offers, now),
        is_gift=_is_gift(offers),
        opens=opens_in_words(product, now),
        countdown=countdown(product, now) if offers else "",
        promise=promise(product, now, is_paid=not _is_gift(offers)) if offers else "",
        list_url=_list_url(product, is_to_be_had=bool(offers)),
        list_verb=_list_verb(product, shown),
        sample_url=_sample_url(product, rows),
        look_inside=next((row.open_url for row in rows if row.open_url), ""),
        outline=rows[:ROWS_SHOWN],
        outline_rest=rows[ROWS_SHOWN:],
        section=next(iter(product.contract.templates), ""),
        about=about,
        gets=_gets(product, offers, now),
        keeps=_keeps(product, offers, about.get("keeps", ())),
        maker=product.maker or "",
        face=own_picture(current_store().look, "maker"),
        related=related(product, beside),
        canonical=address,
        picture=picture,
        twins=twins,
        questions=product.questions,
        structured=described(
            product, shown, address, picture or share, about.get("structured", {}), origin=origin
        ),
        share=share,
        share_alt=f"{label}: {product.title}",
        is_indexed=product.status not in {Status.DRAFT, Status.HIDDEN, Status.RETIRED},
        fresh_for=fresh_for([product], now),
    )


def reachable(*, with_drafts: bool = False) -> QuerySet[Product]:
    """Return the products whose page opens, ready to be shown."""
    products = Product.objects.kept() if with_drafts else Product.objects.reachable()
    shown: QuerySet[Product] = products.select_related("replaced_by").prefetch_related("prices")
    return with_whether_anything_is_inside(shown)


AT_SLUG = Prepared(
    lambda with_drafts: with_those_beside(
        # What a retired one was replaced by is asked for where it is followed: few are.
        reachable(with_drafts=with_drafts).prefetch_related(None).select_related(None),
        given("slug"),
    )
)


def at_slug(slug: str, *, with_drafts: bool = False) -> tuple[Product | None, list[Product]]:
    """Return the product whose page opens at a slug, with its prices, and what may stand beside it.

    A draft without a slug is found by its public id, and nothing stands beside it.
    """
    rows = AT_SLUG.rows(with_drafts, slug=slug) if slug else []
    found = next((row for row in rows if row.slug == slug), None)
    if found is None:
        return reachable(with_drafts=with_drafts).filter(slug="", public_id=slug).first(), []
    fetch_prices([found])
    return found, rows


def _state(product: Product, offers: list[Offer], now: datetime) -> str:
    if product.status == Status.COMING_SOON:
        return _("Coming soon. It is not on sale yet.")
    if product.status == Status.RETIRED:
        return _("This is no longer sold. Whoever bought it keeps it on the shelf.")
    if product.late_at is not None:
        return _("It is late, so it is not sold until a new day is named.")
    if offers:
        return ""
    if _has_prices(product, now):
        return _("Sold out. Nothing is left at the moment.")
    return _("Closed for now. It is not on sale at the moment.")


def is_to_be_had(product: Product, now: datetime) -> bool:
    """Whether a visitor can buy it now: its doors are open, and something is left."""
    return bool(to_be_had([product], now))


def _has_prices(product: Product, now: datetime) -> bool:
    return product.is_sellable and any(is_offered(each, now) for each in product.prices.all())


def _list_url(product: Product, *, is_to_be_had: bool) -> str:
    kind = kind_for(product, is_to_be_had=is_to_be_had)
    slug = product.slug or product.public_id
    return path_to("storefront:list", slug) if kind else ""


def _sample_url(product: Product, rows: Sequence[OutlineRow]) -> str:
    if product.status == Status.DRAFT or not any(row.open_url for row in rows):
        return ""
    return path_to("storefront:sample", product.slug or product.public_id)


def _list_verb(product: Product, shown: Sequence[Standing]) -> str:
    if product.status == Status.COMING_SOON:
        return _("Tell me when it is out")
    if any(each.opens_at is not None for each in shown):
        return _("Tell me when sales open")
    return _("Tell me when it is back")


def _gets(product: Product, offers: list[Offer], now: datetime) -> list[str]:
    """Return what a buyer gets and when, in short sentences true for every format."""
    if not offers:
        return []
    if _is_gift(offers):
        at_once = _("It opens here, in the browser, at once.")
        by_mail = _("A mail comes with a link that opens it again.")
    else:
        at_once = _("It opens here, in the browser, a moment after paying.")
        by_mail = _("The receipt comes by mail with a link that opens it again.")
    return [
        opens_in_words(product, now) or at_once,
        by_mail,
        _("It stands on your shelf. You enter with your email address, without a password."),
    ]


def _keeps(product: Product, offers: list[Offer], of_format: Sequence[str]) -> list[str]:
    """Return what stays with the buyer, in the creator's words, the format's or ours, and how to
    cancel."""
    said = [line.strip() for line in product.keeps.splitlines() if line.strip()]
    keeps = [*of_format, *said] or [
        _("What was bought stays on the shelf, also when it is no longer sold."),
        _("Your place is kept, on every device."),
    ]
    if _is_gift(offers):
        return keeps
    return [*keeps, _("“Cancel a purchase” stands at the foot of every page. No reason is asked.")]


def _is_gift(offers: list[Offer]) -> bool:
    return all(offer.is_free for offer in offers)
