"""What search engines are told of a page, by schema.org, safe inside HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from core import money
from core.addresses import path_to
from products.models import Price, Product
from storefront.services.films.showing import ShownFilm
from storefront.services.offers import Standing
from stores.models import Store
from stores.scope import current_store

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

HTML_SAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
"""So that no text ends the element it stands in (as Django's json_script does)."""
MOST_OFFERS_APART = 1


def described(
    product: Product,
    shown: Sequence[Standing],
    address: str,
    picture: str,
    of_format: Mapping[str, Any],
    *,
    origin: str,
) -> SafeString:
    """Return a product with its offers, its place in the shop, and its questions.

    https://developers.google.com/search/docs/appearance/structured-data/product-snippet
    """
    store = current_store()
    offers = [_offer(product, each, address) for each in shown]
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": product.tagline or product.result or product.title,
        "url": address,
        "sku": product.public_id,
        "brand": {"@type": "Brand", "name": store.name},
        "offers": offers,
    }
    if len(offers) > MOST_OFFERS_APART and len({each["priceCurrency"] for each in offers}) == 1:
        told["offers"] = _together(offers)
    if picture:
        told["image"] = picture
    told |= of_format
    home = origin + path_to("storefront:home")
    rest: list[dict[str, Any]] = [_trail([(store.name, home), (product.title, address)])]
    if product.questions:
        rest.append(_asked(product.questions))
    return as_json([told, *rest])


def site(store: Store, home: str, search: str) -> SafeString:
    """Return who runs the shop, and where it is searched.

    https://developers.google.com/search/docs/appearance/site-names
    """
    return as_json(
        [
            {
                "@context": "https://schema.org",
                "@type": "WebSite",
                "name": store.name,
                "url": home,
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": {
                        "@type": "EntryPoint",
                        "urlTemplate": f"{search}?q={{search_term_string}}",
                    },
                    "query-input": "required name=search_term_string",
                },
            },
            {
                "@context": "https://schema.org",
                "@type": "Organization",
                "name": store.name,
                "url": home,
                **({"description": store.tagline} if store.tagline else {}),
            },
        ]
    )


def films(
    shown: Sequence[tuple[str, ShownFilm]], origin: str, description: str = ""
) -> SafeString | str:
    """Return the creator's own films on a page; one without a picture is not told of.

    https://developers.google.com/search/docs/appearance/structured-data/video
    """
    told = [
        {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": name,
            "description": description or name,
            "thumbnailUrl": origin + film.poster,
            "uploadDate": film.made_at.isoformat(),
            "duration": f"PT{film.seconds}S",
            "contentUrl": origin + film.src,
            "width": film.width,
            "height": film.height,
        }
        for name, film in shown
        if film.poster
    ]
    return as_json(told) if told else ""


def as_json(described: Any) -> SafeString:
    """Return values as JSON that can stand inside a script element."""
    text = json.dumps(described, ensure_ascii=False).translate(HTML_SAFE)
    return mark_safe(text)  # noqa: S308 -- every letter that could end the element is escaped above


def _together(offers: list[dict[str, Any]]) -> dict[str, Any]:
    prices = sorted(offers, key=lambda each: float(each["price"]))
    return {
        "@type": "AggregateOffer",
        "lowPrice": prices[0]["price"],
        "highPrice": prices[-1]["price"],
        "priceCurrency": offers[0]["priceCurrency"],
        "offerCount": len(offers),
        "offers": offers,
    }


def _trail(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, start=1)
        ],
    }


def _asked(questions: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": each["question"],
                "acceptedAnswer": {"@type": "Answer", "text": each["answer"]},
            }
            for each in questions
        ],
    }


def _offer(product: Product, shown: Standing, address: str) -> dict[str, Any]:
    """Return one offer; of what one wants to pay, the least."""
    price = shown.price
    least = price.floor or 0 if price.kind == Price.Kind.PAY_WHAT_YOU_WANT else price.amount
    availability = "InStock"
    if shown.left == 0:
        availability = "SoldOut"
    elif shown.opens_at is not None or product.is_presale:
        availability = "PreOrder"
    told = {
        "@type": "Offer",
        "price": str(money.to_major(least, price.currency)),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{availability}",
        "url": address,
    }
    if price.label:
        told["name"] = price.label
    starts = shown.opens_at or (product.opens_at if product.is_presale else None)
    if starts is not None:
        told["availabilityStarts"] = starts.isoformat()
    if price.doors_close_at is not None:
        told["priceValidUntil"] = price.doors_close_at.isoformat()
    return told
