"""Cancelling as people do it: whose word counts, what closes, what comes back and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from access.models import Access
from accounts.models import Customer
from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.errors import TryLater
from payments.models import CancelledLine, CancelNotice, Order, Refund
from payments.services import inbox
from payments.services.cancelling import effect, noticing
from payments.services.cancelling.noticing import Said
from payments.services.reconciling import reconcile_store
from payments.services.refunding import refund
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_user
from tests.payments.buying import Shop

LATER = timedelta(hours=2)
KEY = re.compile(r"/cancel/mail/\w+/")


@pytest.fixture
def order(shop: Shop) -> Order:
    """An order of 49 shekels, bought in ``shop.client`` through the sandbox, not opened yet."""
    return shop.buy()


@pytest.fixture
def stranger(shop: Shop, browse: Callable[..., Client]) -> Client:
    return browse(shop.store)


@pytest.fixture
def inside(shop: Shop) -> Iterator[Store]:
    with store_scope(shop.store):
        yield shop.store


def is_open() -> bool:
    return bool(Access.objects.live(clock.now()).exists())


def notice() -> CancelNotice:
    return CancelNotice.objects.latest("id")


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("id"))


def key_in(message: Message) -> str:
    found = KEY.search(message.context["key_url"])
    assert found
    return found.group(0)


def open_it(moment: Any = None) -> None:
    Access.objects.update(first_opened_at=moment or clock.now())


def from_browser(shop: Shop, order: Order, **typed: str) -> Any:
    return shop.client.post(f"/cancel/order/{order.public_id}/", typed)


def test_the_browser_that_bought_cancels_at_once_and_the_money_follows(
    shop: Shop, order: Order, inside: Store
) -> None:
    answer = from_browser(shop, order)
    assert answer.status_code == 302
    assert (notice().state, notice().proof, is_open()) == ("done", "browser", False)
    assert not Refund.objects.exists()

    effect.send_money(clock.now() + LATER)
    order.refresh_from_db()
    assert order.status == "refunded"
    assert Refund.objects.get().amount == 4900
    effect.send_money(clock.now() + LATER)
    assert Refund.objects.count() == 1


def test_the_acknowledgement_says_number_day_and_hour_on_screen_and_by_mail(
    shop: Shop, order: Order, inside: Store
) -> None:
    page = shop.client.get(from_browser(shop, order)["Location"]).content.decode()
    assert "number 1" in page
    mail = mails("cancel_done")[0]
    assert mail.to_address == "charlie@example.com"
    assert (mail.context["number"], mail.context["amount"]) == (1, "₪49")
    assert mail.context["hour"]
    assert mails("cancel_notice")[0].to_address == "alice@example.com"


def test_it_can_be_kept_after_all_until_the_money_leaves(
    shop: Shop, order: Order, inside: Store
) -> None:
    where = from_browser(shop, order)["Location"]
    shop.client.post(f"{where}keep/")
    assert (notice().state, is_open()) == ("kept", True)
    effect.send_money(clock.now() + LATER)
    assert not Refund.objects.exists()


def test_once_the_money_is_on_its_way_it_is_too_late(
    shop: Shop, order: Order, inside: Store
) -> None:
    where = from_browser(shop, order)["Location"]
    effect.send_money(clock.now() + LATER)
    shop.client.post(f"{where}keep/")
    assert (notice().state, is_open()) == ("done", False)


def test_cancelling_twice_is_one_notice(shop: Shop, order: Order, inside: Store) -> None:
    from_browser(shop, order)
    from_browser(shop, order)
    said = Said(language="en")
    noticing.cancel(order, proof="browser", said=said, now=clock.now())
    assert CancelNotice.objects.count() == CancelledLine.objects.count() == 1


def test_what_was_asked_for_and_is_refused_still_goes_back(
    shop: Shop, order: Order, inside: Store
) -> None:
    """Stripe did not answer, somebody gave a part back there, and all of it is refused then."""
    shop.sandbox.fault("rate_limit", when="before")
    with pytest.raises(TryLater):
        refund(order, by="Alice", now=clock.now())
    shop.sandbox.lever("faults", {"clear": True})
    shop.sandbox.refund(payment_intent=order.payments.get().payment_intent, amount=1000)
    inbox.take_in(shop.hints(), clock.now())
    inbox.work(clock.now())
    noticing.cancel(order, proof="browser", said=Said(language="en"), now=clock.now())
    effect.send_money(clock.now() + LATER)
    for hours in range(1, 6):
        reconcile_store(clock.now() + hours * LATER)
        effect.send_money(clock.now() + hours * LATER)
    back = Refund.objects.effective().aggregate(sum=Sum("amount"))["sum"]
    assert back == order.total == 4900


def test_who_knows_number_and_address_cancels_nothing_by_that(
    stranger: Client, order: Order, inside: Store
) -> None:
    typed = {"email": "charlie@example.com", "number": str(order.number), "name": "Charlie"}
    page = stranger.post("/cancel/", typed, follow=True).content.decode()
    assert (notice().state, is_open()) == ("confirming", True)
    assert str(order.number) not in page
    assert stranger.get(f"/cancel/order/{order.public_id}/").status_code == 404


def test_the_link_in_the_mail_cancels_as_of_the_first_word(
    stranger: Client, order: Order, inside: Store
) -> None:
    stranger.post("/cancel/", {"email": "charlie@example.com"})
    said_at = notice().said_at
    key = key_in(mails("cancel_received")[0])
    assert stranger.get(key).status_code == 200
    assert is_open()

    Order.objects.update(paid_at=said_at - timedelta(days=13))
    stranger.post(key, {"order": order.public_id})
    assert (notice().state, notice().proof, notice().said_at) == ("done", "mailbox", said_at)
    assert not is_open()


def test_it_was_not_me_ends_it(stranger: Client, order: Order, inside: Store) -> None:
    stranger.post("/cancel/", {"email": "charlie@example.com"})
    stranger.post(key_in(mails("cancel_received")[0]), {"keep": "1"})
    assert (notice().state, is_open()) == ("kept", True)


@pytest.mark.parametrize("email", ["charlie@example.com", "nobody@example.com"])
def test_the_answer_is_the_same_whether_there_is_an_order(
    stranger: Client, order: Order, inside: Store, email: str
) -> None:
    answer = stranger.post("/cancel/", {"email": email})
    page = stranger.get(answer["Location"]).content.decode()
    assert "This day and hour count." in page
    assert "First Stitch" not in page
    mail = mails("cancel_received")[0]
    assert (mail.to_address, mail.to_name) == (email, "")
    assert bool(mail.context["order_number"]) == (email == "charlie@example.com")
    assert bool(mail.context["key_url"]) == (email == "charlie@example.com")


def test_nothing_typed_is_echoed_into_somebody_elses_mailbox(
    stranger: Client, order: Order, inside: Store
) -> None:
    stranger.post("/cancel/", {"email": "victim@example.com", "name": "BUY", "text": "evil.test"})
    mail = mails("cancel_received")[0]
    assert "BUY" not in str(mail.context)
    assert "evil.test" not in str(mail.context)


def test_one_mailbox_is_not_flooded(stranger: Client, order: Order, inside: Store) -> None:
    for _time in range(8):
        stranger.post("/cancel/", {"email": "victim@example.com"})
    assert CancelNotice.objects.count() == 8
    assert len(mails("cancel_received")) == 5


def test_one_place_is_slowed_down_and_told_so(stranger: Client, inside: Store) -> None:
    answers = [stranger.post("/cancel/", {"name": "x"}).status_code for _time in range(11)]
    assert answers[-1] == 429
    assert [each.number for each in CancelNotice.objects.order_by("number")] == [*range(1, 11)]


@pytest.mark.parametrize("typed", [{}, {"text": "all of it"}, {"name": "A", "website": "spam"}])
def test_what_cannot_be_found_or_comes_from_a_machine_is_refused(
    stranger: Client, inside: Store, typed: dict[str, str]
) -> None:
    assert stranger.post("/cancel/", typed).status_code == 422
    assert not CancelNotice.objects.exists()


def test_an_address_and_number_that_do_not_fit_wait_for_the_team(
    stranger: Client, order: Order, inside: Store
) -> None:
    stranger.post("/cancel/", {"email": "other@example.com", "number": f"No. {order.number}"})
    assert notice().state == "waiting"
    assert noticing.candidates(notice()) == [order]


def test_what_was_opened_becomes_a_request_and_stays_open(
    shop: Shop, order: Order, inside: Store
) -> None:
    open_it()
    page = shop.client.get(f"/cancel/order/{order.public_id}/").content.decode()
    assert "First opened" in page
    assert order.display_total() not in page
    from_browser(shop, order)
    said = shop.client.get(f"/cancel/{notice().public_id}/").content.decode()
    assert "Until somebody answers, you can take it back." in said
    assert "Until the money leaves" not in said
    assert (notice().state, notice().because, is_open()) == ("request", "opened", True)
    assert mails("cancel_received")[0].context["is_request"]


def test_a_request_is_accepted_in_part_and_closes(shop: Shop, order: Order, inside: Store) -> None:
    open_it()
    from_browser(shop, order)
    effect.accept(notice(), by="Alice", now=clock.now(), amount=2000, answer="Half of it.")
    assert (notice().state, is_open()) == ("done", False)
    effect.send_money(clock.now() + LATER)
    assert Refund.objects.get().amount == 2000
    order.refresh_from_db()
    assert (order.status, is_open()) == ("partly_refunded", False)
    assert mails("cancel_answered")[0].context["answer"] == "Half of it."


def test_a_request_is_refused_in_writing(shop: Shop, order: Order, inside: Store) -> None:
    open_it()
    answer = from_browser(shop, order)
    effect.refuse(notice(), by="Alice", now=clock.now(), answer="You read all of it.")
    assert (notice().state, is_open()) == ("refused", True)
    assert "You read all of it." in shop.client.get(answer["Location"]).content.decode()


def test_with_stripe_silent_it_is_acknowledged_and_the_money_follows_later(
    shop: Shop, order: Order, inside: Store, settings: Any
) -> None:
    working, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    from_browser(shop, order)
    effect.send_money(clock.now() + LATER)
    assert (notice().state, Refund.objects.get().state, is_open()) == ("done", "requested", False)

    settings.STRIPE_API_BASE = working
    from payments.services.reconciling import reconcile_store

    reconcile_store(clock.now() + LATER + LATER)
    assert Refund.objects.get().state == "succeeded"
    assert Refund.objects.count() == 1


def test_a_partial_refund_before_leaves_only_the_rest(
    shop: Shop, order: Order, inside: Store
) -> None:
    from payments.services.refunding import refund

    refund(order, by="Alice", now=clock.now(), amount=1000)
    from_browser(shop, order)
    effect.send_money(clock.now() + LATER)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [1000, 3900]


def test_another_customers_order_is_not_found(
    shop: Shop, order: Order, browse: Callable[..., Client], inside: Store
) -> None:
    eve = Customer.objects.create(user=make_user("eve@example.com"), name="Eve")
    signed_in = browse(shop.store, eve.user)
    assert signed_in.post(f"/cancel/order/{order.public_id}/").status_code == 404
    assert is_open()


def test_a_presale_may_always_be_cancelled_until_it_opens(
    shop: Shop, order: Order, inside: Store
) -> None:
    long_ago = clock.now() - timedelta(days=90)
    Order.objects.update(paid_at=long_ago, placed_at=long_ago)
    Product.objects.update(opens_at=clock.now() + timedelta(days=5), opened_at=None)
    from_browser(shop, order)
    assert (notice().state, notice().because) == ("done", "not_open_yet")


def test_the_terms_say_what_the_law_says(stranger: Client, inside: Store) -> None:
    page = stranger.get("/terms/cancelling/").content.decode()
    assert "within 14 days" in page
    assert 'href="/cancel/"' in page


@pytest.mark.parametrize("language", ["", "/he"])
def test_every_home_leads_to_cancelling_in_its_text_and_at_its_foot(
    other_store: Store, browse: Callable[..., Client], language: str
) -> None:
    Store.objects.filter(pk=other_store.pk).update(languages=["en", "he"])
    home = browse(other_store).get(f"{language}/").content.decode()
    text, _main, foot = home.partition("</main>")
    link = f'href="{language}/cancel/"'
    assert link in text
    assert link in foot
    page = browse(other_store).get(f"{language}/cancel/")
    assert page.status_code == 200
    assert "<form" in page.content.decode()


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_acknowledgements_say_number_day_and_hour_in_both_languages(
    stranger: Client, shop: Shop, order: Order, inside: Store, language: str
) -> None:
    stranger.post("/cancel/", {"email": "charlie@example.com"})
    from_browser(shop, order)
    for kind in ("cancel_received", "cancel_done"):
        message = mails(kind)[0]
        message.language = language
        mail = render(message, store_sender(inside))
        for said in (str(message.context["number"]), message.context["hour"]):
            assert said in mail.text
            assert said in mail.html
