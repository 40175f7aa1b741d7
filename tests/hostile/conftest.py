"""A store with one of everything, everybody's browser, and every address filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client, override_settings
from django.urls import URLPattern, reverse, set_urlconf

from access.services.keys import make_part_key
from accounts.models import AddressChange, Browser, Customer, HandOver, SignIn, User
from accounts.services import inviting
from accounts.services.consents import give_consent
from content.models import Following, Note, SampleRequest
from content.services import discussion
from content.services.excerpts import giving
from content.services.feeds import make_feed, token_of
from core import clock, tokens
from payments.models import DocumentDue, Overlap, Subscription
from payments.services import promises
from payments.services.cancelling.keys import key_url
from payments.services.overlaps import letters as overlaps
from payments.services.subscriptions import stopping
from products.services import lists
from storefront.services.signups import joining
from stores.admin import site
from stores.models import Business, CalendarFeed, Store
from stores.scope import store_scope
from stores.services.theme import theme_of
from tests.admin.conftest import Scene, make_scene, make_unpaid, notice_in
from tests.conftest import client_at, make_product, make_store, make_user
from tests.isolation.addresses import Address, addresses
from tests.payments.documents.papers import make_order, paper_of
from tests.payments.moving_in.moving import make_letter
from tests.storefront.films import shown_film

STORE, PLATFORM = "config.urls", "config.platform_urls"
SAMPLE = {
    name: str(7_777_770 + number)
    for number, name in enumerate(
        [
            *("digest", "name", "public_id", "token", "part_id", "secret", "asset_id", "price_id"),
            *("order_id", "slug", "mail_id", "object_id", "content_type_id", "pk", "customer_pk"),
            *("refund_id", "key", "what", "subject", "document_id", "notice_id", "access_id"),
            *("entry_id", "gift_id", "price_pk", "access_pk", "upload_id", "number", "note_id"),
            *(
                "film_id",
                "captions_id",
                "request_id",
                "product_id",
                "feed_id",
                "thread_id",
                "said_id",
                "parcel_id",
            ),
            *("edition_pk", "page_id", "block_id", "signup_id", "product_pk", "version_pk", "act"),
            *("letter_id", "note_pk", "file_id", "subscription_id", "drop_pk", "part_pk", "kind"),
            *("team_id", "place_id", "place_pk", "overlap_id"),
            "table",
        ]
    )
}
"""Digits fit every converter, so an address can be made and the digits replaced."""


@dataclass(frozen=True)
class Place:
    """One named address of one of the two hosts."""

    urlconf: str
    address: Address

    @property
    def name(self) -> str:
        return self.address.name

    @property
    def pattern(self) -> str:
        """The address with its sample digits."""
        return path_of(self, {key: SAMPLE[key] for key in self.address.parameters})


def path_of(place: Place, parts: dict[str, Any]) -> str:
    set_urlconf(place.urlconf)
    try:
        return reverse(place.name, kwargs=parts)
    finally:
        set_urlconf(None)


def admin_addresses() -> list[Address]:
    """The store's admin, which the walk of the urlconf leaves out."""
    own = ("index", "search", "autocomplete", "jsi18n")
    found = [Address(f"admin:{name}", (), site.admin_view) for name in own]
    for model_admin in site._registry.values():
        for each in model_admin.urls:
            if isinstance(each, URLPattern) and each.name:
                parameters = tuple(each.pattern.converters)
                found.append(Address(f"admin:{each.name}", parameters, each.callback))
    return found


SHOP = [Place(STORE, address) for address in addresses(STORE)]
PLATFORMS = [Place(PLATFORM, address) for address in addresses(PLATFORM)]
ADMIN = [Place(STORE, address) for address in admin_addresses()]
EVERYWHERE = [*SHOP, *PLATFORMS, *ADMIN]


@dataclass
class World:
    """What a walk needs."""

    scene: Scene
    browse: Callable[..., Client]
    users: dict[str, User | None]
    parts: dict[str, Any]
    special: dict[str, dict[str, Any]] = field(default_factory=dict)
    browsers: dict[tuple[bool, str], Client] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.scene.store

    def client(self, place: Place, who: str | None = None) -> Client:
        """A fresh browser at the host of a place, of whoever may see the most there."""
        here = None if place.urlconf == PLATFORM else self.store
        return self.browse(here, self.users[who or self._reader_of(place)])

    def kept(self, place: Place) -> Client:
        """The browser of whoever may see the most there, the same for all that is asked of it."""
        key = (place.urlconf == PLATFORM, self._reader_of(place))
        if key not in self.browsers:
            self.browsers[key] = self.client(place)
        return self.browsers[key]

    def _reader_of(self, place: Place) -> str:
        if place.name.startswith("admin:"):
            return "alice"
        if place.name == "storefront:draft":  # nobody but the team
            return "alice"
        if place.name.startswith("operator:"):
            return "operator"
        if place.urlconf == PLATFORM:
            return "alice" if "store" in place.name or "enter" in place.name else "nobody"
        return "nobody" if "accounts:" in place.name and place.name[-7:] != "account" else "charlie"

    def path(self, place: Place) -> str:
        """The address of what there really is."""
        parts = {**self.parts, **self.special.get(place.name, {}), **self._row_of(place)}
        return path_of(place, {key: parts[key] for key in place.address.parameters})

    def _row_of(self, place: Place) -> dict[str, Any]:
        if not place.name.startswith("admin:") or not place.address.parameters:
            return {}
        app, model = place.name.removeprefix("admin:").split("_")[:2]
        with store_scope(self.store):
            row = self.scene.row_of(f"{app}.{model}")
        return {"object_id": row.pk, "pk": row.pk}


LOCAL = {
    "LOCAL": True,
    "STRIPE_WEBHOOK_TOKEN": "token-of-the-door",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STRIPE_NETWORK_RETRIES": 0,
}
"""As on a developer's machine, where there is one page more; and a door for webhooks."""


@pytest.fixture(autouse=True)
def _local(settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    for name, value in LOCAL.items():
        setattr(settings, name, value)


@pytest.fixture(scope="module")
def made(kept_rows: None) -> World:
    """The store of all tests of a module, made once."""
    with override_settings(**LOCAL):
        alice = make_user("alice@example.com")
        store = make_store("thread", alice, name="Thread")
        with store_scope(store):
            charlie = Customer.objects.create(user=make_user("charlie@example.com"), name="Charlie")
        scene = make_scene(store, "charlie@example.com", "Linen")
        return make_world(scene, alice, charlie, client_at)


@pytest.fixture
def world(db: None, made: World) -> World:
    """The store as it was made, whatever the test before did to it."""
    return deepcopy(made)


@pytest.fixture
def store(world: World) -> Store:
    return world.store


@pytest.fixture
def alice(world: World) -> User:
    found = world.users["alice"]
    assert found is not None
    return found


@pytest.fixture
def charlie(world: World) -> Customer:
    return world.scene.customer


def ended_beside(paying: Subscription) -> Subscription:
    """Return another one that has ended: what is sent to it never gets as far as Stripe."""
    line = make_order(customer=paying.customer).lines.get()
    over: Subscription = Subscription.objects.get(pk=paying.pk)
    over.pk, over.public_id, over.order, over.line = None, tokens.public_id(), line.order, line
    over.stripe_id, over.ended_at = f"{paying.stripe_id}_over", clock.now()
    over.save()
    return over


def make_world(  # noqa: PLR0915 -- one world, told in one place
    scene: Scene,
    alice: User,
    charlie: Customer,
    browse: Callable[..., Client],
    *,
    label: str = "walked",
) -> World:
    """Fill in every address with something of one store; its owner and a customer are given."""
    store = scene.store
    later = clock.now() + timedelta(days=900)
    picture = f"{store.public_id}/covers/{tokens.public_id()}/640.webp"
    storages["default"].save(picture, ContentFile(b"x"))
    token = tokens.public_id()
    HandOver.objects.create(
        token_hash=tokens.keyed_hash("hand-over", token), user=alice, store=store, expires_at=later
    )
    asks = {"code_hashes": ["0" * 64], "email": "x@example.com", "expires_at": later}
    with store_scope(store):
        # Below the numbers that checkout gives.
        type(scene.order).objects.filter(pk=scene.order.pk).update(number=1)
        Store.objects.filter(pk=store.pk).update(languages=["en", "he"])
        part = scene.product.parts.get()
        month = scene.month()
        words = month.part.children.get()
        club = {"slug": month.club.slug}
        its_price = {"pk": month.club.pk, "price_pk": month.club.prices.get().pk}
        watched = month.club.parts.create(
            kind="film", title="Film", preview=True, published_at=clock.now()
        )
        watched.assets.create(
            kind="mp4",
            name=f"{label}.mp4",
            original_name="film.mp4",
            media_type="video/mp4",
            size=1,
            sha256="0" * 64,
            facts={"captions": "WEBVTT"},
        )
        free = make_product(title="A gift", amount=0).prices.get()
        consent = give_consent(scene.customer, source="account", language="en", now=clock.now())
        parts = {
            "key": consent.leave_key,
            "digest": theme_of(store.look).digest,
            "token": token,
            "part_id": part.public_id,
            "secret": make_part_key(scene.customer, part, clock.now()),
            "asset_id": part.assets.get().public_id,
            "price_id": free.public_id,
            "order_id": scene.order.public_id,
            "document_id": paper_of(scene.order).public_id,
            "slug": scene.product.slug,
            "name": "book.epub",
            "customer_pk": scene.customer.pk,
            "price_pk": scene.price.pk,
            "pk": scene.order.pk,
            "refund_id": scene.refund.public_id,
            "what": "twice",
            "table": "customers",
            "upload_id": scene.upload().public_id,
            "edition_pk": scene.edition().pk,
            "drop_pk": month.pk,
            "part_pk": words.pk,
            "kind": "text",
            "number": 1,
            "subject": scene.order.public_id,
            "object_id": store.pk,
            "content_type_id": 1,
            "mail_id": "none",
            "note_id": "n1",
            "public_id": SignIn.objects.create(store=store, **asks).public_id,
        }
        marked = {"customer": scene.customer, "part": part, "name": "n1", "kind": "bookmark"}
        Note.objects.create(**marked, anchor={"page": 1, "rects": []})
        page = scene.row_of("storefront.page")
        signup = scene.row_of("storefront.signup")
        joined = {"signup_id": signup.public_id, "key": joining.key_of(signup)}
        shelf = scene.row_of("products.category")
        parts |= {
            "page_id": page.public_id,
            "block_id": scene.block_id,
            "signup_id": signup.public_id,
            "product_pk": scene.product.pk,
            "version_pk": page.shown_id,
            "act": "up",
        }
        film, said = shown_film(label)
        with_gift = scene.row_of("payments.gift")
        team = scene.row_of("payments.team")
        offered = team.places.offered().get()
        paying = scene.row_of("payments.subscription")
        over = ended_beside(paying)
        twice = Overlap.objects.create(subscription=paying, access=scene.access)
        parts["subscription_id"] = over.public_id
        entry = scene.row_of("products.listentry")
        listed = {"entry_id": entry.public_id, "key": lists.key_of(entry)}
        asked = SampleRequest.objects.create(part=part, email="reader@example.com", language="en")
        sampled = {"request_id": asked.public_id, "key": giving.key_of(asked)}
        parts["request_id"] = asked.public_id
        discussion.set_state(scene.product, "on")
        thread = scene.row_of("content.thread")
        feed = make_feed(scene.customer, scene.product, clock.now())
        heard = {"token": token_of(feed)}
        following = Following.objects.create(thread=thread, customer=scene.customer)
        parcel = scene.row_of("shipping.parcel")
        parts |= {
            "product_id": scene.product.public_id,
            "thread_id": thread.public_id,
            "said_id": thread.public_id,
            "feed_id": feed.public_id,
            "parcel_id": parcel.public_id,
        }
        back = {"access_id": scene.access.public_id, "key": promises.key_of(scene.access)}
        parts["gift_id"] = with_gift.public_id
        parts |= {"team_id": team.public_id, "place_id": offered.public_id}
        parts["place_pk"] = offered.pk
        unpaid = make_unpaid(scene.line, scene.customer, f"settled {label}", is_paid=True)
        renewing = {"key": make_letter(scene.access, scene.price).key}
        letter = scene.row_of("conversations.conversation")
        lettered = {"letter_id": letter.public_id, "key": letter.key}
        calendar = CalendarFeed.objects.get_or_create(staff=scene.staff)[0]
        parts["letter_id"] = letter.public_id
        parts["file_id"] = scene.enclosed().public_id
        parts["note_pk"] = scene.note().pk
        parts["access_pk"] = scene.access.pk
        notice = notice_in(scene.order)
        type(notice).objects.filter(pk=notice.pk).update(proof="signed_in")
        Business.objects.update(terms="Kept as promised.")
        unnamed = make_order(customer=scene.customer)
        DocumentDue.objects.create(what="paid", source="walked", order=unnamed)
        parts["notice_id"] = notice.public_id
        invitation = scene.row_of("accounts.invitation")
        invited = {"public_id": invitation.public_id, "key": inviting.key_of(invitation)}
        notice_key = key_url(notice).rstrip("/").rpartition("/")[2]
    change = AddressChange.objects.create(
        user=charlie.user,
        store=store,
        old_email=charlie.user.email,
        new_email=f"{label}@example.com",
        language="en",
        expires_at=later,
    )
    answer = {
        "public_id": change.public_id,
        "key": tokens.keyed_hash("address-change-old", change.public_id),
    }
    kept = Browser.objects.create(user=charlie.user, store=store, session_key=label)
    gift = {"gift_id": with_gift.public_id, "key": with_gift.key}

    special = {
        "storefront:film": film,
        "storefront:captions": said,
        **{f"memberships:{name}": club for name in ("club", "archive")},
        "content:captions": {"part_id": watched.public_id},
        "admin:memberships_club_instead": its_price,
        "memberships:month": {**club, "part_id": month.part.public_id},
        **{
            f"memberships:{name}": {**club, "part_id": words.public_id}
            for name in ("text", "text-done")
        },
        "storefront:page": {"slug": page.slug},
        "storefront:category": {"slug": shelf.slug},
        "storefront:category-page": {"slug": shelf.slug, "number": 1},
        "storefront:signed-up": joined,
        "storefront:sign-up-gift": joined,
        "storefront:list-off": joined,
        "accounts:address-answer": answer,
        "accounts:join": invited,
        "accounts:browser-end": {"public_id": kept.public_id},
        "accounts:passkey-remove": {"public_id": "0" * 20},
        "accounts_platform:passkey-remove": {"public_id": "0" * 20},
        "payments:money-back": back,
        **{
            f"payments:subscription{name}": {"subscription_id": paying.public_id}
            for name in ("", "-leave", "-now")
        },
        "payments:fix": {"key": unpaid.fix_key},
        **{f"payments:renew-here{name}": renewing for name in ("", "-go", "-no")},
        "payments:plan-change": {
            "subscription_id": paying.public_id,
            "price_id": scene.price.public_id,
        },
        "payments:stop": {
            "subscription_id": paying.public_id,
            "key": stopping.key_of(paying),
        },
        "payments:paid-twice": {"overlap_id": twice.public_id, "key": overlaps.key_of(twice)},
        "payments:document-business": {"order_id": unnamed.public_id},
        "storefront:list-confirm": listed,
        "storefront:list-leave": listed,
        "storefront:sample-open": sampled,
        "storefront:sample-news": sampled,
        "content:feed": heard,
        "content:feed-chapters": heard,
        "content:feed-file": heard,
        "content:question-stop": {"key": following.leave_key},
        "conversations:keyed": lettered,
        "conversations:keyed-more": lettered,
        "conversations:keyed-file": lettered,
        "stores:calendar": {"feed_id": calendar.public_id, "key": calendar.token},
        "payments:team-place": {"place_id": offered.public_id, "key": offered.key},
        "payments:team-claim": {"place_id": offered.public_id, "key": offered.key},
        "admin:payments_team_take_back": {"pk": team.pk, "place_pk": offered.pk},
        "payments:gift": gift,
        "payments:gift-claim": gift,
        "payments:gift-card": gift,
        "stores:picture": {"name": picture},
        "payments:cancel-mail": {"secret": notice_key},
        "payments_platform:webhook": {"token": "token-of-the-door"},
        "accounts_platform:enter": {"public_id": store.public_id},
    }
    waiting = {"public_id": SignIn.objects.create(store=None, **asks).public_id}
    special |= {"accounts_platform:code": waiting, "accounts_platform:again": waiting}
    users = {"nobody": None, "alice": alice, "charlie": charlie.user}
    operator = User.objects.filter(email="op@example.com").first()
    users["operator"] = operator or User.objects.create_superuser("op@example.com")
    return World(scene, browse, users, parts, special)


@pytest.fixture
def send(world: World) -> Iterator[Callable[..., Any]]:
    """Send a request whose limits are always fresh, and look at what every answer must be."""
    from tests.hostile.payloads import RAW_MARKUP

    def sent(client: Client, method: str, path: str, body: bytes = b"", **options: Any) -> Any:
        for cache in ("shared", "pages"):
            caches[cache].clear()
        kind = options.pop("content_type", "application/x-www-form-urlencoded")
        answer = client.generic(method, path, body, content_type=kind, **options)
        assert answer.status_code < 500, (method, path[:120], body[:120], answer.status_code)
        assert "stolen" not in answer.cookies
        if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
            assert not any(raw in answer.content for raw in RAW_MARKUP), (method, path[:120])
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer

    return sent
