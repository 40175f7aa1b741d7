"""Forms on pages: nothing happens before the mailbox says yes, and then all that was promised."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from access.models import Access
from accounts.models import Consent, Customer, User
from accounts.services.consents import has_consent
from core import clock
from mail.models import Message
from storefront.models import MailingList, Page, SignUp
from storefront.services.pages import drafts, publishing
from storefront.services.pages.making import create_page
from storefront.services.signups import joining
from stores.models import Store
from tests.conftest import NOW, make_product

EVE = "eve@example.com"


def make_form(**over: Any) -> tuple[Page, str]:
    fields = {"heading": "Join", "button": "Send it", "asks_name": True, **over}
    block = drafts.new_block("signup", fields)
    page = create_page("landing", title="Gift", language="en", now=NOW, blocks=[block])
    publishing.publish(page, staff=None, now=NOW)
    return page, f"/join/{page.public_id}/{block['id']}/"


@pytest.fixture
def listed(in_store: Store) -> MailingList:
    return MailingList.objects.create(title="News")


def link_in_mail() -> str:
    context = Message.objects.filter(kind="signup_confirm").latest("pk").context
    return str(re.sub(r"https?://[^/]+", "", context["confirm_url"]))


def test_a_visitor_signs_up_without_a_token_and_gets_the_gift(
    in_store: Store, listed: MailingList, browse
) -> None:
    gift = make_product(title="The Sheet", amount=0)
    _page, form = make_form(list=str(listed.pk), gift=gift.public_id)
    visitor = browse(in_store, enforce_csrf_checks=True)

    asked = visitor.post(form, {"email": EVE, "name": "Eve", "wants_news": "on"})

    assert asked.status_code == 200
    assert not Customer.objects.exists()
    assert not Access.objects.exists()
    client = browse(in_store)
    assert b"Yes, give me the gift" in client.get(link_in_mail()).content
    assert not Access.objects.exists(), "a scanner that follows links gives nothing away"
    done = client.post(link_in_mail(), follow=True)
    assert b"The Sheet" in done.content
    customer = Customer.objects.get(user__email=EVE)
    assert customer.name == "Eve"
    access = Access.objects.get(customer=customer, product=gift)
    assert access.source_kind == "sign_up"
    consent = Consent.objects.get(customer=customer)
    assert (consent.source, consent.wording) == ("form:gift", "Yes, write to me about new things")
    opened = client.post(f"{link_in_mail()}gift/")
    assert opened.status_code == 302


def test_the_gift_comes_without_the_tick_too(in_store: Store, listed: MailingList, browse) -> None:
    gift = make_product(amount=0)
    _page, form = make_form(list=str(listed.pk), gift=gift.public_id)
    browse(in_store).post(form, {"email": EVE})
    browse(in_store).post(link_in_mail())
    customer = Customer.objects.get(user__email=EVE)
    assert Access.objects.filter(customer=customer).exists()
    assert not has_consent(customer)
    assert not SignUp.objects.standing().exists()


def test_known_and_unknown_addresses_get_the_same_answer(
    in_store: Store, listed: MailingList, browse, charlie: Customer
) -> None:
    _page, form = make_form(list=str(listed.pk))
    answers = [
        browse(in_store).post(form, {"email": email}).content.replace(email.encode(), b"")
        for email in (charlie.user.email, "new@example.com")
    ]
    assert answers[0] == answers[1]


def test_a_machine_is_answered_and_nothing_is_sent(in_store: Store, listed, browse) -> None:
    _page, form = make_form(list=str(listed.pk))
    answer = browse(in_store).post(form, {"email": EVE, "website": "http://spam"})
    assert answer.status_code == 200
    assert not SignUp.objects.exists()
    assert not Message.objects.exists()


def test_one_address_is_asked_a_few_times_only(in_store: Store, listed, browse) -> None:
    _page, form = make_form(list=str(listed.pk))
    codes = [browse(in_store).post(form, {"email": EVE}).status_code for _each in range(4)]
    assert codes == [200, 200, 200, 429]
    assert Message.objects.count() == 3


def test_what_strangers_type_later_changes_nothing_that_was_confirmed(
    in_store: Store, listed: MailingList, browse
) -> None:
    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE, "name": "Eve"})
    browse(in_store).post(link_in_mail())
    browse(in_store).post(form, {"email": EVE, "name": "Mallory"})
    assert SignUp.objects.get().name == "Eve"
    assert SignUp.objects.get().confirmed_at


def test_one_leaves_with_two_presses_and_the_consent_goes(
    in_store: Store, listed: MailingList, browse
) -> None:
    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE})
    browse(in_store).post(link_in_mail())
    client = browse(in_store)
    assert SignUp.objects.get().left_at is None
    client.get(f"{link_in_mail()}leave/")
    assert SignUp.objects.get().left_at is None, "only the POST leaves"
    client.post(f"{link_in_mail()}leave/")
    assert SignUp.objects.get().left_at
    assert not has_consent(Customer.objects.get(user__email=EVE))


def test_a_wrong_key_opens_nothing(in_store: Store, listed: MailingList, browse) -> None:
    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE})
    row = SignUp.objects.get()
    assert browse(in_store).post(f"/joined/{row.public_id}/{'0' * 32}/").status_code == 404


def test_a_form_that_was_taken_off_takes_nothing(in_store: Store, listed, browse) -> None:
    page, form = make_form(list=str(listed.pk))
    publishing.unpublish(page)
    assert browse(in_store).post(form, {"email": EVE}).status_code == 404


def test_an_address_nobody_confirmed_is_forgotten(in_store: Store, listed, browse) -> None:
    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE})
    joining.forget_unconfirmed(clock.now() + timedelta(days=6))
    assert SignUp.objects.exists()
    joining.forget_unconfirmed(clock.now() + timedelta(days=8))
    assert not SignUp.objects.exists()


def test_the_table_holds_no_formula(
    in_store: Store, listed: MailingList, browse, alice: User
) -> None:
    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE, "name": "=cmd()"})
    browse(in_store).post(link_in_mail())
    answer = browse(in_store, alice).get("/admin/storefront/signup/table.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1][:2] == [EVE, "'=cmd()"]


def test_who_signed_up_is_forgotten_whole(in_store: Store, listed: MailingList, browse) -> None:
    from storefront.services.slots import SignUpsOfCustomer

    _page, form = make_form(list=str(listed.pk))
    browse(in_store).post(form, {"email": EVE})
    browse(in_store).post(link_in_mail())
    customer = Customer.objects.get(user__email=EVE)
    assert SignUpsOfCustomer().export(customer)["sign_ups"][0]["email"] == EVE
    SignUpsOfCustomer().erase(customer)
    assert not SignUp.objects.exists()
