"""Forgetting a buyer: every table is searched for what is left of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from accounts.models import Customer, User
from accounts.services.leaving import erase_customer, facts_of, farewells
from accounts.services.notes import write_note
from conversations.models import Conversation
from conversations.services import asking, enclosing
from core import clock
from mail.models import Message
from mail.services.sending import send_for_store
from payments.models import Gift, Order, Team, TeamPlace
from payments.services.finding import Wanted, look_for
from payments.services.gifts.claiming import claim
from payments.services.teams.claiming import claim as claim_place
from payments.services.teams.inviting import invite
from payments.services.teams.standing import counts_of
from shipping.models import Parcel
from shipping.services.parcels import report_missing
from storefront.models import MailingList, SignUp
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import create_page
from storefront.services.signups import joining
from stores.models import Staff
from stores.roles import Area
from stores.scope import all_stores
from stores.services import undoing
from tests.payments.buying import Shop
from tests.shipping.posting import ADDRESS, in_print, make_zones, print_price

ZED = {"email": "zed@example.com", "name": "Zedekiah"}
GIFT = {
    **ZED,
    "again": "on",
    "is_gift": "on",
    "gift_to_name": "Hepzibah",
    "gift_to_email": "hep@example.com",
    "gift_message": "Yours, Zedekiah",
}


def rows_naming(*words: str) -> list[tuple[str, str]]:
    """Return every model and column of the whole database that holds one of these words."""
    found = []
    models: list[type[Model]] = [each for each in apps.get_models() if not each._meta.proxy]
    with all_stores():
        for model in models:
            for row in model._default_manager.values():
                for column, value in row.items():
                    text = json.dumps(value, default=str, ensure_ascii=False).lower()
                    if any(word in text for word in words):
                        found.append((model.__name__, column))
    return sorted(set(found))


def test_who_is_forgotten_is_named_nowhere_but_on_lawful_paper(
    shop: Shop, bob: User, browse: Any
) -> None:
    order = shop.buy(**ZED)
    gift = Gift.objects.get(line__order=shop.buy(**GIFT))
    send_for_store()
    claim(gift, Customer.objects.create(user=bob), now=clock.now())
    shop.begin(**ZED, again="on", may_remind="on")
    wanted = Wanted(ZED["email"], number=order.number, name=ZED["name"], phone="050-1234567")
    look_for(wanted, ip="203.0.113.9", language="en", now=clock.now())
    zed = Customer.objects.get(user__email=ZED["email"])
    staff = browse(shop.store, bob)
    asked = {"email": "zed@elsewhere.example", "number": order.number, "last4": "4242"}
    staff.post(reverse("admin:payments_findrequest_address", args=[zed.pk]), asked)
    for there in ("zed.2@example.com", ZED["email"]):
        moving = reverse("admin:payments_order_move", args=[order.pk])
        staff.post(moving, {"email": there, "because": "by phone", "sure": "1"})
    Customer.objects.filter(user__email="zed.2@example.com").update(name="")
    shop.client.post("/cancel/", {**ZED, "number": order.number, "text": "I am Zedekiah"})
    send_for_store()
    assert len(rows_naming("zed@example.com", "zedekiah")) > 15
    erase_customer(zed, now=clock.now())
    words = ("zed@example.com", "zed@elsewhere.example", "zedekiah", "hepzibah", "1234567")
    left = [each for each in rows_naming(*words) if each != ("Document", "snapshot")]
    assert left == []


def test_where_somebody_lives_is_forgotten_with_them(shop: Shop, alice: User, browse: Any) -> None:
    make_zones()
    in_print(shop.price.product)
    printed = replace(shop, price=print_price(shop.price.product))
    there = {**ADDRESS, "ship_name": "Zedekiah", "ship_street": "Zebulun", "ship_note": "Zebra"}
    printed.buy(**ZED, **there)
    sent = Parcel.objects.get()
    staff = browse(shop.store, alice)
    staff.post(reverse("admin:shipping_parcel_sent", args=[sent.pk]), {"tracking": "Zealous123"})
    report_missing(sent, now=clock.now())
    printed.buy(**ZED, **there, again="on")
    printed.begin(**ZED, **there, again="on")
    send_for_store()
    zed = Customer.objects.get(user__email=ZED["email"])
    assert facts_of(zed)["parcels"]["address"]["street"] == "Zebulun"
    assert sum("posted yet" in line for line in farewells(zed, clock.now())) == 1
    erase_customer(zed, now=clock.now())
    words = ("zed@example.com", "zedekiah", "zebulun", "zebra", "zealous123", "555-0199")
    left = [each for each in rows_naming(*words) if each != ("Document", "snapshot")]
    assert left == []
    assert sorted(Parcel.objects.values_list("state", flat=True)) == ["cancelled", "sent"]


def test_a_gift_that_waits_is_given_before_its_words_are_forgotten(shop: Shop, bob: User) -> None:
    gift = Gift.objects.get(line__order=shop.buy(**GIFT))
    zed = Customer.objects.get(user__email=ZED["email"])
    assert facts_of(zed)["gifts"]["given"][0]["words"] == GIFT["gift_message"]
    assert any("waits for whom you gave it" in line for line in farewells(zed, clock.now()))
    erase_customer(zed, now=clock.now())
    gift.refresh_from_db()
    assert (gift.message, gift.to_email) == (GIFT["gift_message"], "hep@example.com")
    assert Order.objects.get().basket["gift"]["message"] == ""
    claim(gift, Customer.objects.create(user=bob), now=clock.now())
    gift.refresh_from_db()
    assert (gift.from_name, gift.to_email, gift.message) == ("", "", "")
    assert Message.objects.get(kind="gift_claimed").state == "dropped"


def test_who_was_given_something_and_is_forgotten_leaves_the_givers_words(shop: Shop) -> None:
    gift = Gift.objects.get(line__order=shop.buy(**GIFT))
    hep = Customer.objects.create(user=User.objects.create_user("hep@example.com"))
    claim(gift, hep, now=clock.now())
    erase_customer(hep, now=clock.now())
    assert rows_naming("hep@example.com") == []
    gift.refresh_from_db()
    assert gift.message == GIFT["gift_message"]


def test_who_was_invited_to_a_team_and_is_forgotten_is_out_of_it(shop: Shop) -> None:
    order = shop.buy()
    manager = order.customer
    assert manager is not None
    team = Team.objects.create(line=order.lines.get(), manager=manager)
    TeamPlace.objects.create(team=team, number=1)
    TeamPlace.objects.create(team=team, number=2)
    hep = Customer.objects.create(user=User.objects.create_user("hep@example.com"))
    seat, _offered = invite(team, "hep@example.com, bob@example.com", now=clock.now()).places
    claim_place(seat, hep, now=clock.now())
    assert facts_of(hep)["teams"]["team_places"][0]["title"] == team.line.title
    assert any("goes back to the team" in line for line in farewells(hep, clock.now()))
    erase_customer(hep, now=clock.now())
    assert rows_naming("hep@example.com") == []
    assert counts_of(team).taken == 0
    erase_customer(manager, now=clock.now())
    assert rows_naming("bob@example.com") == []


def test_letters_forms_and_what_the_team_noted_are_forgotten(
    shop: Shop, alice: User, browse: Any
) -> None:
    shop.buy(**ZED)
    zed = Customer.objects.get(user__email=ZED["email"])
    shop.client.post("/contact/", {**ZED, "text": "Zebulun is where I live"})
    asking.begin(
        asking.Writer("en", "203.0.113.9", customer=zed),
        kind="question",
        text="Zebra, or stripes?",
        files=[enclosing.Judged("zebra.jpg", "jpg", "image/jpeg", b"stripes")],
        now=clock.now(),
    )
    staff = browse(shop.store, alice)
    for letter in Conversation.objects.all():
        there = reverse("admin:conversations_conversation_answer", args=[letter.pk])
        staff.post(there, {"text": "Dear Zedekiah, stripes."})
    by = Staff.objects.get(user=alice)
    write_note(zed, "Zealous, and pays late", by=by, now=clock.now())
    news = str(MailingList.objects.create(title="News").pk)
    for title in ("Confirmed", "Never confirmed", "Deleted"):
        block = drafts.new_block("signup", {"button": "Send it", "asks_name": True, "list": news})
        page = create_page("landing", title=title, language="en", now=clock.now(), blocks=[block])
        publishing.publish(page, staff=None, now=clock.now())
        browse(shop.store).post(
            f"/join/{page.public_id}/{block['id']}/", {**ZED, "wants_news": "on"}
        )
    confirmed, _waits, deleted = SignUp.objects.order_by("pk")
    joining.confirm(confirmed, now=clock.now())
    undoing.delete(deleted, by=by, area=Area.CUSTOMERS, now=clock.now())
    note = write_note(zed, "Zealous, too", by=by, now=clock.now())
    undoing.delete(note, by=by, area=Area.CUSTOMERS, now=clock.now())
    send_for_store()
    words = ("zed@example.com", "zedekiah", "zebulun", "zebra", "zealous")
    names = {model for model, _column in rows_naming(*words)}
    assert {"Attachment", "Conversation", "Message", "Note", "SignUp", "Deleted"} <= names
    erase_customer(zed, now=clock.now())
    left = [each for each in rows_naming(*words) if each != ("Document", "snapshot")]
    assert left == []
    assert list(undoing.undoable(clock.now())) == []
