"""What a demo store sells beside single things: a bundle, and every other kind of price: a dearer
one, one's own, one for owners, and one for a season."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from products.models import Price, Product
from products.services.bundles import include
from products.services.catalogue import add_price, create_product, publish
from stores.scope import current_store

FEWEST = 2
SAVES = 5
"""A bundle costs a fifth less than what is inside."""
SEASON = timedelta(days=90)

WORDS = {
    "he": {
        "slug": "הכול-ביחד",
        "title": "הכול ביחד",
        "tagline": "כל הספרים שיצאו, בקנייה אחת",
        "result": "מדף שלם, במחיר אחד.",
        "description": (
            "כל מה שכתבתי עד היום. מה שיתווסף למארז אחר כך מגיע גם למי שכבר קנה, בלי תשלום."
        ),
        "with": "הספר ו„{title}”",
        "own": "כמה שזה שווה בעיניי",
        "rest": "השלמה, למי שיש „{title}”",
        "season": "לעונה אחת",
    },
    "en": {
        "slug": "all-of-it",
        "title": "All of it",
        "tagline": "Every book so far, in one purchase",
        "result": "A whole shelf, at one price.",
        "description": (
            "Everything I have written so far. What is put into the bundle later reaches whoever"
            " bought it before, at no cost."
        ),
        "with": "The book and “{title}”",
        "own": "What it is worth to me",
        "rest": "The rest, for who has “{title}”",
        "season": "For one season",
    },
}


def make_demo_bundle(language: str, now: datetime) -> Product | None:
    """Put a bundle of what the demo store in scope sells on sale, once; None with too little."""
    words = WORDS[language]
    made: Product | None = Product.objects.filter(slug=words["slug"]).first()
    if made is not None:
        return made
    first = Price.objects.filter(
        position=0, is_active=True, product__language=language, product__opens_at=None
    )
    sold = list(
        first.filter(kind=Price.Kind.ONE_TIME, product__status=Product.Status.PUBLISHED)
        .select_related("product")
        .order_by("product__position", "pk")
    )
    if len(sold) < FEWEST:
        return None
    texts = ("slug", "title", "tagline", "result", "description")
    bundle = create_product("bundle", now=now, **{name: words[name] for name in texts})
    apart = sum(price.amount for price in sold)
    for price in sold:
        include(bundle, price.product, now=now)
    whole = add_price(bundle, kind=Price.Kind.ONE_TIME, amount=_whole(apart - apart // SAVES))
    _add_prices(sold[0], sold[1], words)
    _add_beside(whole, sold[0], words, now)
    return publish(bundle, now)


def _add_prices(one: Price, other: Price, words: dict[str, str]) -> None:
    """Sell one book with the other too, and the other for what one wants to pay."""
    both = one.amount + other.amount
    dearer = add_price(
        one.product,
        kind=Price.Kind.ONE_TIME,
        amount=_whole(both - both // (2 * SAVES)),
        label=words["with"].format(title=other.product.title),
        position=1,
    )
    include(one.product, other.product, price=dearer)
    add_price(
        other.product,
        kind=Price.Kind.PAY_WHAT_YOU_WANT,
        amount=other.amount + other.amount // 2,
        floor=other.amount,
        label=words["own"],
        position=1,
    )


def _add_beside(whole: Price, first: Price, words: dict[str, str], now: datetime) -> None:
    """Sell the bundle for less to who has one of it, and for a season until a day, for a while."""
    add_price(
        whole.product,
        kind=Price.Kind.ONE_TIME,
        amount=_whole(max(whole.amount - first.amount, first.amount)),
        label=words["rest"].format(title=first.product.title),
        position=1,
        for_owners_of=first.product,
    )
    today = clock.local_day(now, current_store().zone)
    add_price(
        whole.product,
        kind=Price.Kind.ONE_TIME,
        amount=_whole(whole.amount // 2),
        label=words["season"],
        position=2,
        length=Price.Length.UNTIL,
        length_until=today + SEASON,
        doors_close_at=clock.start_of_day(today + SEASON // 2, current_store().zone),
    )


def _whole(amount: int) -> int:
    return amount // 100 * 100
