"""Private podcast feeds: whose an address is, what is in it, and who asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from access.contract import Open, Viewer
from access.services.gate import may_open
from accounts.models import Customer
from content.models import Feed
from content.services.listening import Track, has_recordings, tracks_in
from content.services.taking import owned_products
from core import tokens
from core.limits import Limit
from products.models import Product

SECRET_LENGTH = 32
DEVICES_KEPT = 50
DEVICE_IS_LIVE = timedelta(days=30)
MANY_DEVICES = 6
"""From so many on, a customer is told that somebody else may have the address."""
ASKED = Limit("feed", 240, 3600)
FETCHED = Limit("feed-files", 3000, 3600)
"""Apps fetch a long recording in many pieces."""


@dataclass(frozen=True)
class Offered:
    """What a customer may hear as a podcast: one product, or everything; its feed, if made."""

    product: Product | None
    feed: Feed | None


def offered(customer: Customer, now: datetime) -> list[Offered]:
    """Return what may be heard as a podcast; everything together where there are several."""
    products = heard_by(customer, now)
    feeds = {feed.product_id: feed for feed in live_feeds(customer)}
    rows = [Offered(product, feeds.get(product.pk)) for product in products]
    if len(products) > 1 or (None in feeds and products):
        rows.insert(0, Offered(None, feeds.get(None)))
    return rows


def heard_by(customer: Customer, now: datetime) -> list[Product]:
    """Return the products of which a customer may hear something now."""
    owned = owned_products(Viewer(customer=customer)).values("pk")
    products = list(has_recordings().filter(pk__in=owned).order_by("title", "pk"))
    heard = {track.part.product_id for track in _open_tracks(customer, products, now)}
    return [product for product in products if product.pk in heard]


def live_feeds(customer: Customer) -> QuerySet[Feed]:
    """Return the feeds of a customer whose addresses work."""
    found: QuerySet[Feed] = Feed.objects.filter(customer=customer, ended_at=None)
    return found.select_related("product")


def make_feed(customer: Customer, product: Product | None, now: datetime) -> Feed:
    """Return the customer's feed of a product, or of everything; made when there is none."""
    found: Feed | None = live_feeds(customer).filter(product=product).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made: Feed = Feed.objects.create(customer=customer, product=product, created_at=now)
            return made
    except IntegrityError:  # made in another tab meanwhile
        there: Feed = live_feeds(customer).get(product=product)
    return there


@transaction.atomic
def renew_feed(feed: Feed, now: datetime) -> Feed:
    """Give a feed another address; the old one opens nothing from this moment on."""
    end_feed(feed, now)
    return make_feed(feed.customer, feed.product, now)


def end_feed(feed: Feed, now: datetime) -> None:
    """End a feed: its address opens nothing from this moment on."""
    Feed.objects.filter(pk=feed.pk, ended_at=None).update(ended_at=now, devices={})


def token_of(feed: Feed) -> str:
    """Return what stands in the feed's address; nothing that is stored gives it away."""
    return f"{feed.public_id}-{tokens.keyed_hash('feed', feed.public_id)[:SECRET_LENGTH]}"


def feed_at(token: str) -> Feed | None:
    """Return the feed behind an address of the store in scope, or None."""
    public_id, _dash, _secret = token.partition("-")
    found: Feed | None = (
        Feed.objects.filter(public_id=public_id, ended_at=None, customer__erased_at=None)
        .select_related("customer__user", "product")
        .first()
    )
    if found is None or not tokens.same(token_of(found), token):
        return None
    return found


def tracks_for(feed: Feed, now: datetime) -> list[Track]:
    """Return what its customer may hear now of what the feed is of, in order."""
    if feed.product is not None:
        return _open_tracks(feed.customer, [feed.product], now)
    return _open_tracks(feed.customer, heard_by(feed.customer, now), now)


def note_device(feed: Feed, app: str, network: str, today: date) -> None:
    """Remember that an app asked today, without what it is or where; once a day each."""
    key = tokens.keyed_hash("feed-device", f"{feed.public_id}:{app}:{network}")[:12]
    if feed.devices.get(key) == today.isoformat():
        return
    latest = sorted({**feed.devices, key: today.isoformat()}.items(), key=lambda each: each[1])
    feed.devices = dict(latest[-DEVICES_KEPT:])
    Feed.objects.filter(pk=feed.pk).update(devices=feed.devices)


def devices_of(feed: Feed, today: date) -> int:
    """Return how many apps and networks asked within the last month."""
    since = (today - DEVICE_IS_LIVE).isoformat()
    return sum(1 for day in feed.devices.values() if day >= since)


def _open_tracks(customer: Customer, products: Sequence[Product], now: datetime) -> list[Track]:
    tracks = tracks_in(products)
    answers = may_open(Viewer(customer=customer), [track.part for track in tracks], now)
    return [track for track in tracks if isinstance(answers[track.part], Open)]
