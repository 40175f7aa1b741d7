"""Every address of alice's store, tried with the ids of dana's, by everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AddressChange, Browser, Invitation
from accounts.services import inviting
from content.models import Following, SampleRequest, Thread
from content.services import discussion
from content.services.excerpts import giving
from content.services.feeds import make_feed, token_of
from conversations.models import Attachment, Conversation
from conversations.models import Message as Words
from conversations.services import enclosing
from core import clock, tokens
from memberships.models import Club
from memberships.services.months import add_month, give_out
from memberships.services.pieces import add_text, change
from payments.models import Gift, OrderLine, Overlap, Subscription, Team, TeamPlace
from payments.services import promises
from payments.services.overlaps.letters import key_of
from payments.services.subscriptions import stopping
from products.models import Category, ListEntry, Part
from products.services import lists
from shipping.models import Parcel
from storefront.models import Page, SignUp
from storefront.services.pages.making import create_page
from storefront.services.pages.publishing import publish
from storefront.services.signups import joining
from stores.models import CalendarFeed, Staff
from stores.scope import store_scope
from tests.admin.conftest import make_unpaid
from tests.conftest import NOW, make_product
from tests.isolation.addresses import Address, addresses
from tests.isolation.conftest import MARK, Danas, Neighbours
from tests.payments.moving_in.moving import make_letter
from tests.storefront.films import shown_film


def entry_of(danas: Danas) -> dict[str, str]:
    """Return an entry of a list of dana's, with its key."""
    with store_scope(danas.store):
        found = {"product_id": danas.product.pk, "kind": "waiting", "email": f"eve@{MARK}.com"}
        entry = ListEntry.objects.get_or_create(**found, defaults={"language": "en"})[0]
    return {"entry_id": entry.public_id, "key": lists.key_of(entry)}


def gift_of(danas: Danas) -> dict[str, str]:
    """Return a gift in an order of dana's, with its key."""
    with store_scope(danas.store):
        line = OrderLine.objects.get_or_create(
            order=danas.order,
            defaults={
                "product": danas.product,
                "price": danas.price,
                "title": danas.product.title,
                "amount": 0,
                "length": "for_good",
            },
        )[0]
        words = {"from_name": f"Eve {MARK}", "deliver_at": NOW}
        gift = Gift.objects.get_or_create(line=line, defaults=words)[0]
    return {"gift_id": gift.public_id, "key": gift.key}


def place_of(danas: Danas) -> dict[str, str]:
    """Return a team of dana's customer and an offered place of it."""
    gift_of(danas)
    with store_scope(danas.store):
        team = Team.objects.get_or_create(
            line=danas.order.lines.get(), defaults={"manager": danas.customer}
        )[0]
        offered = {"to_email": f"eve@{MARK}.com", "invited_at": NOW}
        place = TeamPlace.objects.get_or_create(team=team, number=1, defaults=offered)[0]
    return {"team_id": team.public_id, "place_id": place.public_id, "key": place.key}


def parts_of_place(*names: str) -> Callable[[Danas], dict[str, str]]:
    """Return how to name a place, or its team, by some of these."""
    return lambda danas: {name: place_of(danas)[name] for name in names}


def subscription_of(danas: Danas) -> dict[str, str]:
    """Return where what dana's customer pays again and again is."""
    return {"subscription_id": paying_of(danas).public_id}


def paying_of(danas: Danas) -> Subscription:
    """Return what dana's customer pays again and again."""
    gift_of(danas)
    with store_scope(danas.store):
        row: Subscription = Subscription.objects.get_or_create(
            line=danas.order.lines.get(),
            defaults={
                "order": danas.order,
                "customer": danas.customer,
                "product": danas.product,
                "price": danas.price,
                "amount": 4900,
                "currency": "ILS",
                "stripe_id": f"sub_{MARK}",
                "started_at": NOW,
                "next_charge_at": clock.now().replace(year=2100),
            },
        )[0]
    return row


def twice_of(danas: Danas) -> dict[str, str]:
    """Return something dana's customer pays for twice, with the key of its mail."""
    paying = paying_of(danas)
    with store_scope(danas.store):
        row = Overlap.objects.get_or_create(subscription=paying, access=danas.access)[0]
    return {"overlap_id": row.public_id, "key": key_of(row)}


def change_of(danas: Danas) -> dict[str, str]:
    """Return a change of address asked for in dana's store, with the old mailbox's key."""
    change = AddressChange.objects.get_or_create(
        user=danas.customer.user,
        defaults={
            "store": danas.store,
            "old_email": danas.customer.user.email,
            "new_email": f"new@{MARK}.com",
            "language": "en",
            "expires_at": clock.now().replace(year=2100),
        },
    )[0]
    key = tokens.keyed_hash("address-change-old", change.public_id)
    return {"public_id": change.public_id, "key": key}


def browser_of(danas: Danas) -> dict[str, str]:
    """Return a browser that dana's customer is signed in with."""
    kept = Browser.objects.get_or_create(
        session_key=MARK, defaults={"user": danas.customer.user, "store": danas.store}
    )[0]
    return {"public_id": kept.public_id}


def invitation_of(danas: Danas) -> dict[str, str]:
    """Return an invitation to dana's team, with the mail's key."""
    with store_scope(danas.store):
        found = Invitation.objects.get_or_create(
            email=f"eve@{MARK}.com",
            defaults={
                "name": f"Eve {MARK}",
                "role": "support",
                "by_name": f"Dana {MARK}",
                "expires_at": clock.now().replace(year=2100),
            },
        )[0]
    return {"public_id": found.public_id, "key": inviting.key_of(found)}


def parcel_of(danas: Danas) -> dict[str, str]:
    """Return a parcel of an order of dana's."""
    with store_scope(danas.store):
        parcel = Parcel.objects.get_or_create(
            order_reference=danas.order.public_id,
            price=danas.price,
            defaults={
                "product_id": danas.product.pk,
                "customer": danas.customer,
                "language": "en",
                "title": danas.product.title,
                "name": f"Eve {MARK}",
            },
        )[0]
    return {"order_id": danas.order.public_id, "parcel_id": parcel.public_id}


def back_of(danas: Danas) -> dict[str, str]:
    """Return an access of dana's with the key that gives its money back."""
    return {"access_id": danas.access.public_id, "key": promises.key_of(danas.access)}


def film_of(danas: Danas) -> tuple[dict[str, str], dict[str, str]]:
    """Return a film that everybody sees in dana's shop, and its captions."""
    with store_scope(danas.store):
        return shown_film(MARK)


def unpaid_of(danas: Danas) -> dict[str, str]:
    """Return a charge of dana's customer that failed, with the link that pays it."""
    gift_of(danas)
    with store_scope(danas.store):
        line = OrderLine.objects.select_related("order").get(order=danas.order)
        return {"key": make_unpaid(line, danas.customer, MARK, is_paid=True).fix_key}


def renewal_of(danas: Danas) -> dict[str, str]:
    """Return the key of a letter to dana's customer, who moved in."""
    with store_scope(danas.store):
        return {"key": make_letter(danas.access, danas.price).key}


def page_of(danas: Danas) -> Page:
    """Return a page of dana's with a form on it."""
    with store_scope(danas.store):
        found: Page | None = Page.objects.filter(slug=f"page-{MARK}").first()
        if found is None:
            form = {"id": "b1", "key": "signup", "fields": {"heading": MARK, "button": MARK}}
            found = create_page(
                "free", title=MARK, slug=f"page-{MARK}", language="en", now=NOW, blocks=[form]
            )
            publish(found, staff=None, now=NOW)
    return found


def category_of(danas: Danas) -> dict[str, str]:
    """Return a category of dana's."""
    with store_scope(danas.store):
        shelf = Category.objects.get_or_create(slug=f"shelf-{MARK}", defaults={"title": MARK})[0]
    return {"slug": shelf.slug}


def signup_of(danas: Danas) -> dict[str, str]:
    """Return somebody who signed up on a page of dana's, with the mail's key."""
    page = page_of(danas)
    with store_scope(danas.store):
        row = SignUp.objects.get_or_create(
            page=page,
            block="b1",
            email=f"reader@{MARK}.com",
            defaults={"language": "en", "source": "form", "confirmed_at": NOW},
        )[0]
    return {"signup_id": row.public_id, "key": joining.key_of(row)}


def sample_of(danas: Danas) -> dict[str, str]:
    """Return a sample that was sent to an address in dana's store, with the mail's key."""
    address = f"reader@{MARK}.com"
    with store_scope(danas.store):
        row = SampleRequest.objects.get_or_create(
            part=danas.part, email=address, defaults={"language": "en"}
        )[0]
    return {"request_id": row.public_id, "key": giving.key_of(row)}


def feed_of(danas: Danas) -> dict[str, Any]:
    """Return a private podcast of dana's customer, with what stands in its address."""
    with store_scope(danas.store):
        feed = make_feed(danas.customer, danas.product, NOW)
        return {"feed": feed, "token": token_of(feed)}


def thread_of(danas: Danas) -> Thread:
    """Return a question asked in dana's store, whose discussion is on."""
    with store_scope(danas.store):
        discussion.set_state(danas.product, "on")
        found: Thread = Thread.objects.get_or_create(
            part=danas.part, customer=danas.customer, text=f"Question of {MARK}"
        )[0]
    return found


def stop_key_of(danas: Danas) -> str:
    """Return the key of a mail about it."""
    with store_scope(danas.store):
        following = Following.objects.get_or_create(
            thread=thread_of(danas), customer=danas.customer
        )[0]
    return str(following.leave_key)


def letter_of(danas: Danas) -> Conversation:
    """Return a letter to dana's shop."""
    with store_scope(danas.store):
        found: Conversation = Conversation.objects.get_or_create(
            customer=danas.customer, language="en", name=f"Eve {MARK}"
        )[0]
    return found


def file_of(danas: Danas) -> Attachment:
    """Return the file that went with a letter to dana's shop."""
    letter = letter_of(danas)
    with store_scope(danas.store):
        words = Words.objects.get_or_create(conversation=letter, text=f"See {MARK}")[0]
        if not words.attachments.exists():
            name = f"{MARK}.jpg"
            enclosing.keep(words, [enclosing.Judged(name, "jpg", "image/jpeg", MARK.encode())])
        found: Attachment = words.attachments.get()
    return found


def calendar_of(danas: Danas) -> dict[str, str]:
    """Return the address of dana's calendar."""
    with store_scope(danas.store):
        owner = Staff.objects.filter(role="owner").first()
        feed = CalendarFeed.objects.get_or_create(staff=owner)[0]
    return {"feed_id": feed.public_id, "key": feed.token}


CLUB_PAGES = ("club", "archive")


def club_of(danas: Danas) -> dict[str, str]:
    """Return a text in a month of a club of dana's, open to anyone."""
    with store_scope(danas.store):
        found: Club | None = Club.objects.filter(slug=f"club-{MARK}").first()
        if found is None:
            made = make_product("club", title=f"Club of {MARK}", slug=f"club-{MARK}")
            found = Club.objects.get(pk=made.pk)
            drop = add_month(found, NOW)
            part = add_text(drop, title=f"Text of {MARK}", text=MARK, now=NOW)
            change(part, title=part.title, preview=True)
            give_out(drop, NOW)
        text = Part.objects.get(product=found.pk, kind="text")
    return {"slug": found.slug, "part_id": text.public_id}


def month_of(danas: Danas) -> dict[str, str]:
    """Return a month of a club of dana's."""
    there = club_of(danas)
    with store_scope(danas.store):
        month = Part.objects.get(product__slug=there["slug"], kind="drop")
    return {**there, "part_id": month.public_id}


IDS: dict[str, Callable[[Danas], dict[str, Any]]] = {
    "access:why": lambda danas: {"part_id": danas.part.public_id},
    "access:key": lambda danas: {"secret": danas.key},
    "accounts:code": lambda danas: {"public_id": danas.sign_in.public_id},
    "accounts:again": lambda danas: {"public_id": danas.sign_in.public_id},
    "accounts:sure-code": lambda danas: {"public_id": danas.sign_in.public_id},
    "accounts:browser-end": browser_of,
    "accounts:passkey-remove": lambda danas: {"public_id": "0" * 20},
    "accounts:address-answer": change_of,
    "accounts:news-leave": lambda danas: {"key": danas.news_key},
    "accounts:news-again": lambda danas: {"key": danas.news_key},
    "accounts:join": invitation_of,
    "accounts:hand-over": lambda danas: {"token": danas.hand_over},
    "content:file": lambda danas: {"asset_id": danas.asset.public_id, "name": "x.epub"},
    "content:read": lambda danas: {"part_id": danas.part.public_id},
    "content:editions": lambda danas: {"part_id": danas.part.public_id},
    "content:place": lambda danas: {"part_id": danas.part.public_id},
    "content:standing": lambda danas: {"part_id": danas.part.public_id},
    "content:notes": lambda danas: {"part_id": danas.part.public_id},
    "content:notebook": lambda danas: {"part_id": danas.part.public_id},
    "content:note-keep": lambda danas: {"part_id": danas.part.public_id, "note_id": "n"},
    "content:note-drop": lambda danas: {"part_id": danas.part.public_id, "note_id": "n"},
    "content:taking": lambda danas: {"product_id": danas.product.public_id},
    "content:zip": lambda danas: {"product_id": danas.product.public_id},
    "content:to-computer": lambda danas: {"product_id": danas.product.public_id},
    "content:kindle": lambda danas: {"product_id": danas.product.public_id},
    "content:to-kindle": lambda danas: {
        "product_id": danas.product.public_id,
        "asset_id": danas.asset.public_id,
    },
    "content:feed-renew": lambda danas: {"feed_id": feed_of(danas)["feed"].public_id},
    "content:feed-end": lambda danas: {"feed_id": feed_of(danas)["feed"].public_id},
    "content:feed": lambda danas: {"token": feed_of(danas)["token"]},
    "content:feed-chapters": lambda danas: {
        "token": feed_of(danas)["token"],
        "part_id": danas.part.public_id,
    },
    "content:feed-file": lambda danas: {
        "token": feed_of(danas)["token"],
        "asset_id": danas.asset.public_id,
        "name": "x.mp3",
    },
    "content:questions": lambda danas: {"part_id": danas.part.public_id},
    "content:ask": lambda danas: {"part_id": danas.part.public_id},
    **{
        f"content:{name}": lambda danas: {"thread_id": thread_of(danas).public_id}
        for name in ("question", "reply", "follow", "unfollow")
    },
    "content:question-stop": lambda danas: {"key": stop_key_of(danas)},
    **{
        f"content:said-{name}": lambda danas: {"said_id": thread_of(danas).public_id}
        for name in ("edit", "take-back", "report")
    },
    **{
        f"conversations:{name}": lambda danas: {"letter_id": letter_of(danas).public_id}
        for name in ("conversation", "more")
    },
    **{
        f"conversations:{name}": lambda danas: {
            "letter_id": letter_of(danas).public_id,
            "key": letter_of(danas).key,
        }
        for name in ("keyed", "keyed-more")
    },
    "conversations:file": lambda danas: {
        "letter_id": letter_of(danas).public_id,
        "file_id": file_of(danas).public_id,
    },
    "conversations:keyed-file": lambda danas: {
        "letter_id": letter_of(danas).public_id,
        "key": letter_of(danas).key,
        "file_id": file_of(danas).public_id,
    },
    "content:captions": lambda danas: {"part_id": danas.part.public_id},
    **{
        f"memberships:{name}": lambda danas: {"slug": club_of(danas)["slug"]} for name in CLUB_PAGES
    },
    "memberships:month": month_of,
    "memberships:text": club_of,
    "memberships:text-done": club_of,
    "stores:calendar": calendar_of,
    "payments:checkout": lambda danas: {"price_id": danas.price.public_id},
    "payments:mend": lambda danas: {"order_id": danas.order.public_id},
    "payments:cancel-order": lambda danas: {"order_id": danas.order.public_id},
    "payments:cancel-notice": lambda danas: {"notice_id": danas.notice.public_id},
    "payments:cancel-keep": lambda danas: {"notice_id": danas.notice.public_id},
    "payments:cancel-mail": lambda danas: {"secret": danas.notice_key},
    "payments:document": lambda danas: {
        "order_id": danas.order.public_id,
        "document_id": danas.document.public_id,
    },
    "payments:document-business": lambda danas: {"order_id": danas.order.public_id},
    "payments:parcel-address": parcel_of,
    "payments:parcel-missing": parcel_of,
    "payments:parcel-arrived": parcel_of,
    "payments:gift": gift_of,
    "payments:gift-claim": gift_of,
    "payments:gift-card": gift_of,
    "payments:gift-change": lambda danas: {"order_id": danas.order.public_id},
    **{
        f"payments:team{name}": parts_of_place("team_id")
        for name in ("", "-invite", "-mine", "-seats")
    },
    **{
        f"payments:team-{name}": parts_of_place("team_id", "place_id")
        for name in ("again", "withdraw", "take-back")
    },
    "payments:team-place": parts_of_place("place_id", "key"),
    "payments:team-claim": parts_of_place("place_id", "key"),
    "payments:one-more": lambda danas: {"order_id": danas.order.public_id},
    "payments:order": lambda danas: {"order_id": danas.order.public_id},
    "payments:return": lambda danas: {"order_id": danas.order.public_id},
    "payments:money-back": back_of,
    "storefront:film": lambda danas: film_of(danas)[0],
    "storefront:captions": lambda danas: film_of(danas)[1],
    **dict.fromkeys(
        (
            "payments:subscription",
            *(f"payments:subscription-{name}" for name in ("leave", "leave-today", "leave-end")),
            *(f"payments:subscription-{name}" for name in ("stay", "rest", "return", "now")),
            *(f"payments:subscription-{name}" for name in ("why", "card", "back")),
        ),
        subscription_of,
    ),
    "payments:instalments-pay": subscription_of,
    "payments:fix": unpaid_of,
    "payments:cancel-subscription": subscription_of,
    **dict.fromkeys([f"payments:renew-here{name}" for name in ("", "-go", "-no")], renewal_of),
    "payments:plan": subscription_of,
    "payments:plan-keep": subscription_of,
    "payments:plan-change": lambda danas: {
        "subscription_id": paying_of(danas).public_id,
        "price_id": danas.price.public_id,
    },
    "payments:stop": lambda danas: {
        "subscription_id": paying_of(danas).public_id,
        "key": stopping.key_of(paying_of(danas)),
    },
    "payments:paid-twice": twice_of,
    "storefront:page": lambda danas: {"slug": page_of(danas).slug},
    "storefront:category": category_of,
    "storefront:category-page": lambda danas: {**category_of(danas), "number": "1"},
    "storefront:draft": lambda danas: {"page_id": page_of(danas).public_id},
    "storefront:sign-up": lambda danas: {"page_id": page_of(danas).public_id, "block_id": "b1"},
    "storefront:signed-up": signup_of,
    "storefront:sign-up-gift": signup_of,
    "storefront:list-off": signup_of,
    "storefront:share-image": lambda danas: {"slug": danas.product.slug},
    "storefront:share-image-square": lambda danas: {"slug": danas.product.slug},
    "storefront:list": lambda danas: {"slug": danas.product.slug},
    "storefront:list-confirm": entry_of,
    "storefront:list-leave": entry_of,
    "storefront:sample": lambda danas: {"slug": danas.product.slug},
    "storefront:sample-open": sample_of,
    "storefront:sample-news": sample_of,
    "stores:picture": lambda danas: {"name": danas.picture},
    "storefront:product": lambda danas: {"slug": danas.product.slug},
}
"""How to ask each address that names something for dana's; a new one is added here, or fails."""

NAMES_NOTHING = {
    *(f"conversations:{name}" for name in ("ask", "contact", "sent", "list")),
    "access:links",
    "access:links-end",
    "accounts:account",
    "accounts:news",
    *(f"accounts:{name}" for name in ("security", "everywhere-end", "sure", "sure-send", "app")),
    *(f"accounts:{name}" for name in ("password", "password-remove", "app-remove", "codes")),
    *(f"accounts:passkey-{name}" for name in ("begin", "add", "ask", "use")),
    *(f"accounts:{name}" for name in ("password-sign-in", "second-step", "address")),
    *(f"accounts:{name}" for name in ("my-data", "leave", "left")),
    "accounts:sign-in",
    "accounts:sign-out",
    "content:everything",
    "content:feeds",
    "content:feed-make",
    "payments:billing",
    "payments:cancel",
    "payments:cancel-terms",
    "content:worker",
    "payments:find",
    "storefront:feed",
    "storefront:home",
    "storefront:home-page",
    "storefront:share-home",
    "storefront:share-home-square",
    "storefront:site-search",
    "storefront:sitemap-page",
    "storefront:robots",
    "storefront:search",
    "storefront:shelf",
    "storefront:sitemap",
    "stores:terms",
    "stores:theme",
}
REFUSED = {302, 303, 403, 404, 405, 410}
"""A 302 leads to sign-in or the front page, never to what was asked for."""

EVERY = addresses()
VIEWERS = ["nobody", "charlie", "alice"]


@pytest.fixture(params=VIEWERS)
def client(request: pytest.FixtureRequest, browse, neighbours: Neighbours) -> Client:
    users = {"nobody": None, "charlie": neighbours.charlie.user, "alice": neighbours.alice}
    return browse(neighbours.store, users[request.param])


@pytest.fixture
def danas(neighbours: Neighbours) -> Danas:
    return neighbours.danas


@pytest.mark.parametrize("address", EVERY, ids=lambda address: address.name)
def test_every_address_is_listed_with_what_it_names(address: Address) -> None:
    if address.parameters and address.name not in NAMES_NOTHING:
        assert address.name in IDS, f"say how to ask {address.name} for another store's row"
    else:
        assert address.name in NAMES_NOTHING, address.name


@pytest.mark.parametrize("name", sorted(IDS))
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_another_stores_ids_open_nothing(
    name: str, method: str, client: Client, danas: Danas
) -> None:
    response = getattr(client, method)(reverse(name, kwargs=IDS[name](danas)))
    assert response.status_code in REFUSED
    assert MARK not in response.headers.get("Location", "")
    assert MARK.encode() not in response.content


@pytest.mark.parametrize("name", sorted(each.name for each in EVERY if not each.parameters))
def test_pages_that_name_nothing_show_nothing_of_another_store(
    name: str, client: Client, danas: Danas
) -> None:
    response = client.get(reverse(name))
    assert response.status_code < 500
    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert MARK.encode() not in content


def test_the_ids_are_good_where_they_belong(browse, danas: Danas) -> None:
    """Or the walk above would prove nothing."""
    at_home = browse(danas.store)
    for name in (
        "storefront:product",
        "payments:checkout",
        "access:key",
        "accounts:code",
        "accounts:news-leave",
        "content:feed",
    ):
        answer = at_home.get(reverse(name, kwargs=IDS[name](danas)))
        assert answer.status_code in {200, 302, 409}, name
    part = reverse("access:why", kwargs=IDS["access:why"](danas))
    assert MARK.encode() in at_home.get(part).content
