"""What a demo shop has beside its books: a seller, another way to pay, a coupon, an extra offer."""

from __future__ import annotations

from typing import Any

from payments.models import Coupon, Extra, OtherWay
from products.models import Price, Product
from products.services.catalogue import add_price
from shipping.models import PickupPoint, Zone
from stores.models import Business

CHARGES = 4
FREE_FROM = 25_000
"""From how much a parcel costs nothing, in minor units."""
TEAM_OF = (3, 30)
"""For how many places the book is sold to a team."""
WORDS: dict[str, dict[str, Any]] = {
    "he": {
        "kind": OtherWay.Kind.BIT,
        "way": "ביט",
        "instructions": (
            "להעביר בביט למספר 050-555-0142, עם מספר ההזמנה בהערה."
            " ברגע שהכסף מגיע אני מאשרת, והספר נפתח."
        ),
        "team": "לצוות או לסדנה",
        "code": "SHALOM",
        "note": "לתלמידות מהסדנה במטבח",
        "bump": "רוב מי שקונות את הספר תולות גם את הטבלה.",
        "upsell": "עוד דבר אחד, בלי להקליד שוב את הכרטיס.",
        "zones": (
            {"name": "ישראל, בשליח עד הבית", "countries": ["IL"], "first": 3000, "further": 800},
            {"name": "חו״ל, בדואר רשום", "is_elsewhere": True, "first": 9500, "further": 4000},
        ),
        "point": {
            "name": "המטבח של נועה, חיפה",
            "address": "הרצל 5, חיפה",
            "hours": "ראשון עד חמישי, 17:00 עד 20:00, לצלצל פעמיים",
        },
    },
    "en": {
        "kind": OtherWay.Kind.CHEQUE,
        "way": "Cheque by post",
        "instructions": (
            "Make it out to Ruth Calder, write the order number on the back, and post it to"
            " 18 Mill Lane, Portland, ME 04101. I open it the day it arrives."
        ),
        "team": "For a team or a class",
        "code": "NEIGHBOUR",
        "note": "For the people on my street",
        "bump": "Most people hang the schedules next to the oven.",
        "upsell": "One more thing, without typing the card again.",
        "zones": (
            {"name": "United States", "countries": ["US"], "first": 600, "further": 200},
            {"name": "Everywhere else", "is_elsewhere": True, "first": 2400, "further": 1200},
        ),
        "point": {
            "name": "The bakery door, Portland",
            "address": "18 Mill Lane, Portland, ME 04101",
            "hours": "Saturday, 8 to 11, ask for Ruth",
        },
    },
}


def furnish(business: dict[str, str], language: str) -> None:
    """Set the store in scope up as its creator would; what is there already stays."""
    words = WORDS[language]
    Business.objects.get_or_create(defaults=business)
    OtherWay.objects.get_or_create(
        kind=words["kind"],
        defaults={"name": words["way"], "instructions": words["instructions"]},
    )
    Coupon.objects.get_or_create(
        code=words["code"],
        defaults={"kind": Coupon.Kind.PERCENT, "percent": 20, "note": words["note"]},
    )
    for zone in words["zones"]:
        Zone.objects.get_or_create(name=zone["name"], defaults={**zone, "free_from": FREE_FROM})
    PickupPoint.objects.get_or_create(name=words["point"]["name"], defaults=words["point"])
    _spread()
    book, beside, *_others = _sold()
    Price.objects.get_or_create(
        product=book.product,
        seats_min=TEAM_OF[0],
        seats_max=TEAM_OF[1],
        defaults={
            "label": words["team"],
            "kind": Price.Kind.ONE_TIME,
            "amount": book.amount * 4 // 5,
            "currency": book.currency,
            "position": 9,
        },
    )
    Extra.objects.get_or_create(
        kind=Extra.Kind.BUMP,
        beside=book.product,
        price=beside,
        defaults={"sentence": words["bump"]},
    )
    Extra.objects.get_or_create(
        kind=Extra.Kind.UPSELL,
        beside=beside.product,
        price=book,
        defaults={"sentence": words["upsell"]},
    )


def _spread() -> None:
    """Offer the bundle in four monthly charges too."""
    whole = Price.objects.filter(product__format="bundle", kind=Price.Kind.ONE_TIME).first()
    if whole is None or whole.product.prices.filter(kind=Price.Kind.INSTALMENTS).exists():
        return
    spread = Price.Kind.INSTALMENTS
    add_price(whole.product, kind=spread, amount=whole.amount, charges=CHARGES, position=1)


def _sold() -> list[Price]:
    """Return the first price of each single thing that costs something and is open."""
    sold = Price.objects.filter(
        is_active=True,
        position=0,
        kind=Price.Kind.ONE_TIME,
        product__status=Product.Status.PUBLISHED,
        product__opens_at=None,
    )
    return list(sold.exclude(product__format="bundle").order_by("product__position", "pk"))
