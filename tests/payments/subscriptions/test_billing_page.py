"""The customer's page of what is paid again and again, and one press for each deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, User
from accounts.services.leaving import erase_customer, facts_of, farewells
from mail.models import Message
from payments.models import LeavingReason, OutboundCall, Refund, Subscription
from payments.services import reconciling, stripe_subscriptions
from payments.services.subscriptions.changing import plans
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.raising import announce, work_on_rises
from payments.services.subscriptions.resting import rest
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day
from products.contract import Keeps
from stores.models import Staff, Store
from stores.scope import store_scope
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


@dataclass
class Owner:
    """Who pays, in a browser where they are signed in, by the sandbox's clock."""

    member: Member
    client: Client
    subscription: Subscription

    def path(self, page: str = "") -> str:
        return f"/billing/{self.subscription.public_id}/{page}"

    def see(self, page: str = "") -> str:
        with self.member.there():
            answer = self.client.get(self.path(page))
        assert answer.status_code == 200
        return str(answer.content.decode())

    def press(self, page: str, **sent: Any) -> str:
        """Press a button; return the page one is led to."""
        with self.member.there():
            answer = self.client.post(self.path(page), sent, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.content.decode())

    def mails(self, kind: str) -> list[Message]:
        with store_scope(self.member.shop.store):
            return list(Message.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def owner(member: Member, browse: Callable[..., Client], store: Store) -> Owner:
    subscription = member.join()
    user = subscription.customer.user
    return Owner(member, browse(store, user), subscription)


def test_the_page_says_what_is_paid_when_next_and_every_receipt(owner: Owner) -> None:
    owner.member.months(2)
    body = owner.see()
    assert "₪59 a month" in body
    next_charge = owner.member.subscription.next_charge_at
    assert next_charge is not None
    with owner.member.there():
        assert f"is on {in_day(next_charge)}." in body
    assert len(owner.member.orders) == 3
    for order in owner.member.orders:
        assert f"/orders/{order.public_id}/" in body
    assert "4242" in body


def test_the_account_and_the_list_lead_to_it(owner: Owner) -> None:
    with owner.member.there():
        for page in ("/account/", "/billing/"):
            body = owner.client.get(page).content.decode()
            assert owner.path() in body, page
            assert "The Sewing Room" in body


def test_receipts_and_the_renewal_mail_lead_to_it(owner: Owner) -> None:
    owner.member.months(1)
    for order in owner.member.orders:
        receipt = owner.client.get(f"/orders/{order.public_id}/").content.decode()
        assert owner.path() in receipt
    (mail,) = owner.mails("renewed")
    assert mail.context["billing_url"].endswith(owner.path())


def test_leaving_today_is_two_presses_and_gives_back_what_it_said(owner: Owner) -> None:
    owner.member.later(days=10)
    assert owner.path("leave/") in owner.see()
    page = owner.see("leave/")
    with owner.member.there():
        back = unused(owner.subscription, owner.member.now)
    shown = f"₪{back / 100:.2f}"
    assert f"Stop today, <bdi>{shown}</bdi> back" in page.replace("\n", " ").replace("  ", "")
    done = owner.press("leave/today/")
    assert "Ended. No more charges." in done
    assert "Your place, month 1, is kept." in done
    assert shown in done
    owner.member.hear()
    with owner.member.there():
        assert Refund.objects.get().amount == back
    assert not owner.member.access.is_live(owner.member.now)
    (mail,) = owner.mails("left_today")
    assert mail.context["amount"] == shown


def test_leaving_at_the_end_says_the_day_and_staying_undoes_it(owner: Owner) -> None:
    ends = owner.subscription.next_charge_at
    assert ends is not None
    with owner.member.there():
        day = in_day(ends)
    assert f"Stop on {day}, when the paid month ends" in owner.see("leave/")
    assert f"It ends on {day}." in owner.press("leave/end/")
    assert owner.member.subscription.state(owner.member.now) == State.LEAVING
    assert "is on" in owner.press("stay/")
    assert owner.member.subscription.state(owner.member.now) == State.ACTIVE
    assert [each.context["until"] for each in owner.mails("leaves_at_end")] == [day]
    assert [each.context["next_charge"] for each in owner.mails("stays_after_all")] == [day]


def test_a_rest_is_set_with_its_dates_and_ended_early(owner: Owner) -> None:
    page = owner.see()
    assert "1 month<small>until" in page
    done = owner.press("rest/", months="2")
    row = owner.member.subscription
    assert row.rests_until
    with owner.member.there():
        assert f"then a rest until {in_day(row.rests_until)}." in done
    (mail,) = owner.mails("rests_until")
    with owner.member.there():
        assert mail.context["until"] == in_day(row.rests_until)
    owner.member.later(months=1, hours=2)
    assert "with a charge of" in owner.see()
    assert "The next charge" in owner.press("return/")
    owner.member.hear()
    assert owner.member.subscription.state(owner.member.now) == State.ACTIVE
    assert len(owner.member.orders) == 2
    assert len(owner.mails("back_again")) == 1


def test_a_rest_that_ends_by_itself_says_nothing_but_its_receipt(owner: Owner) -> None:
    owner.press("rest/", months="1")
    owner.member.later(months=1, hours=2)
    owner.member.later(months=1, days=1)
    assert owner.member.subscription.state(owner.member.now) == State.ACTIVE
    assert owner.mails("back_again") == []
    assert len(owner.mails("renewed")) == 1


def test_leaving_before_a_rest_writes_one_mail(owner: Owner) -> None:
    owner.press("rest/", months="1")
    owner.press("leave/end/")
    assert owner.mails("back_again") == []
    assert len(owner.mails("leaves_at_end")) == 1


def test_a_rest_nobody_offers_is_refused_in_a_sentence(owner: Owner) -> None:
    assert "longer than a rest may be" in owner.press("rest/", months="9")
    assert "longer than a rest may be" in owner.press("rest/", months="many")
    assert owner.member.subscription.rests_until is None


def test_no_answer_loses_nothing(owner: Owner) -> None:
    path = f"/v1/subscriptions/{owner.subscription.stripe_id}"
    owner.member.shop.sandbox.fault("drop", when="after", times=1, method="DELETE", path=path)
    said = owner.press("leave/today/")
    assert "A change is on its way" in said
    with owner.member.there():
        back = unused(owner.subscription, owner.member.now)
        assert OutboundCall.objects.filter(kind="change", state="waiting").count() == 1
        assert "leave/today" not in owner.see()
        later = owner.member.now.replace(microsecond=0)
        OutboundCall.objects.update(next_attempt_at=later)
        reconciling.reconcile_store(later)
        assert Refund.objects.get().amount == back
    assert owner.member.subscription.state(owner.member.now) == State.ENDED
    assert len(owner.mails("left_today")) == 1


def test_money_forgotten_between_two_steps_is_found(owner: Owner, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("payments.services.subscriptions.leaving.give_back", lambda call, now: [])
        owner.press("leave/today/")
    with owner.member.there():
        assert not Refund.objects.exists()
        store = owner.member.shop.store.pk
        assert store in reconciling.stores_with_due(owner.member.now)
        reconciling.reconcile_store(owner.member.now)
        reconciling.reconcile_store(owner.member.now)
        assert Refund.objects.count() == 1


def test_why_is_asked_after_it_is_done_and_reaches_the_team_once(owner: Owner) -> None:
    done = owner.press("leave/end/")
    assert "Want to tell us why?" in done
    (mail,) = owner.mails("somebody_left")
    assert mail.context["reason"] == ""
    with owner.member.there():
        assert mail.due_at > owner.member.now
    wrong = owner.client.post(owner.path("why/"), {"words": "x"})
    assert wrong.status_code == 422
    thanks = owner.press("why/", kind="money", words="A baby is coming")
    assert "Thank you." in thanks
    assert "Want to tell us why?" not in thanks
    with owner.member.there():
        assert LeavingReason.objects.get().words == "A baby is coming"
    (mail,) = owner.mails("somebody_left")
    assert "A baby is coming" in mail.context["reason"]


def test_a_reason_given_late_is_a_mail_of_its_own(owner: Owner) -> None:
    owner.press("leave/end/")
    owner.member.later(days=1)
    owner.press("why/", kind="time")
    first, second = owner.mails("somebody_left")
    assert first.context["reason"] == ""
    assert second.context["reason"] == "I have no time for it"


def test_leaving_at_stripes_own_page_is_told_once(owner: Owner) -> None:
    there = {"do": "update", "params": {"cancel_at_period_end": True}}
    stripe_subscriptions.change("", owner.subscription.stripe_id, there, "at-stripe")
    owner.member.hear()
    owner.member.hear()
    assert len(owner.mails("leaves_at_end")) == 1
    assert len(owner.mails("somebody_left")) == 1


def test_the_card_is_changed_at_stripe_which_leads_back(owner: Owner) -> None:
    with owner.member.there():
        answer = owner.client.post(owner.path("card/"))
        page = owner.client.get(owner.path())
    assert answer.status_code == 302
    assert "/p/bps_" in answer["Location"]
    assert owner.member.shop.sandbox.url in page["Content-Security-Policy"]
    with owner.member.there():
        back = owner.client.get(owner.path("back/"))
    assert back["Location"] == owner.path()
    assert "The card is changed" not in owner.see()


def test_who_comes_back_with_another_card_is_told_that_it_is_changed(
    owner: Owner, monkeypatch: Any
) -> None:
    opened: list[dict[str, Any]] = []
    monkeypatch.setattr(
        stripe_subscriptions, "create_portal", lambda _account, body: opened.append(body) or "/"
    )
    with owner.member.there():
        owner.client.post(owner.path("card/"))
    done = opened[0]["flow_data"]["after_completion"]["redirect"]["return_url"]
    assert done.endswith(owner.path("back/?changed"))
    with owner.member.there():
        owner.client.get(owner.path("back/?changed"))
    assert "The card is changed" in owner.see()


def test_another_price_for_all_is_told_on_the_page_and_offered_to_nobody_before(
    owner: Owner,
) -> None:
    assert "your price are kept" in owner.see()
    with owner.member.there():
        now = owner.member.now
        announce(
            owner.subscription.price, amount=6900, holds_from=now + timedelta(days=40), now=now
        )
    assert "₪69" not in owner.see()
    with owner.member.there():
        work_on_rises(now)
        assert plans(owner.subscription, now) == []
    page = owner.see()
    assert "it costs ₪69 a month. Stop before that, and you never pay it." in page
    assert "your price are kept" not in page


def test_a_store_may_lead_to_the_whole_of_stripes_page(owner: Owner) -> None:
    with owner.member.there():
        terms = store_terms()
        terms.has_portal = True
        terms.save()
    assert "Cards and invoices at Stripe" in owner.see()
    with owner.member.there():
        assert "/p/bps_" in owner.client.post(owner.path("card/"))["Location"]


def test_what_has_ended_offers_nothing_but_its_receipts(owner: Owner) -> None:
    owner.press("leave/today/")
    body = owner.see()
    for gone in ("leave/", "card/", "rest/", "stay/"):
        assert owner.path(gone) not in body
    assert "/orders/" in body
    with owner.member.there():
        assert owner.client.get(owner.path("leave/")).status_code == 302
    assert "It has ended already." in owner.press("stay/")


def test_nobody_else_sees_or_does_anything(
    owner: Owner, browse: Callable[..., Client], store: Store, bob: User
) -> None:
    Customer.objects.get_or_create(user=bob)
    strangers = [browse(store, bob), browse(store)]
    pages = ["", "leave/", "now/", "back/"]
    deeds = ["leave/today/", "leave/end/", "stay/", "rest/", "return/", "why/", "card/"]
    for stranger, expected in zip(strangers, (404, 302), strict=True):
        for page in pages:
            assert stranger.get(owner.path(page)).status_code == expected, page
        for deed in deeds:
            assert stranger.post(owner.path(deed), {"months": "1"}).status_code == expected, deed
    assert owner.member.subscription.state(owner.member.now) == State.ACTIVE
    assert Staff.objects.exists()


def test_a_format_says_what_is_kept_and_what_closes(owner: Owner, monkeypatch: Any) -> None:
    kind = type(owner.subscription.product.contract)
    said = Keeps(kept="14 months", closes="the monthly meeting and the group")
    monkeypatch.setattr(kind, "keeps", lambda self, accesses, now: dict.fromkeys(accesses, said))
    page = owner.see("leave/")
    assert "<bdi>14 months</bdi>" in page
    assert "<bdi>the monthly meeting and the group</bdi>" in page


def test_in_hebrew_it_reads_as_the_words_say(owner: Owner) -> None:
    Store.objects.update(languages=["en", "he"])
    owner.member.later(days=10)
    with owner.member.there():
        leave = owner.client.get("/he" + owner.path("leave/")).content.decode()
        page = owner.client.get("/he" + owner.path()).content.decode()
    for words in ("נשאר שלך:", "נסגר:", "לעצור היום,", "בסוף החודש ששולם", "או לנוח:", "לא עכשיו"):
        assert words in leave, words
    assert "לחודש" in page


def test_what_leaves_and_rests_meets_in_the_sandbox_too(owner: Owner) -> None:
    with owner.member.there():
        rest(owner.member.subscription, 1, now=owner.member.now)
        leave_at_end(owner.member.subscription, now=owner.member.now)
    body = owner.see()
    assert "Stay after all" in body
    assert "Come back now" not in body


def test_who_is_forgotten_is_charged_no_more(owner: Owner) -> None:
    owner.press("leave/end/")
    owner.press("why/", kind="else", words="I am Charlie")
    customer = owner.subscription.customer
    with owner.member.there():
        back = unused(owner.subscription, owner.member.now)
        assert any("The Sewing Room" in str(line) for line in farewells(customer, owner.member.now))
        assert (
            facts_of(customer)["subscriptions"]["subscriptions"][0]["why_left"]["words"]
            == "I am Charlie"
        )
        erase_customer(customer, now=owner.member.now)
        assert LeavingReason.objects.get().words == ""
        OutboundCall.objects.update(next_attempt_at=owner.member.now)
        reconciling.reconcile_store(owner.member.now)
        assert Refund.objects.get().amount == back
    assert owner.member.subscription.state(owner.member.now) == State.ENDED
    owner.member.months(1)
    assert len(owner.member.orders) == 1


def test_a_long_page_asks_no_more_than_a_short_one(owner: Owner) -> None:
    owner.member.months(1)

    def queries() -> int:
        with owner.member.there(), CaptureQueriesContext(connection) as asked:
            assert owner.client.get(owner.path()).status_code == 200
        return len(asked)

    queries()
    few = queries()
    owner.member.months(3)
    queries()  # after some time the browser is noted anew
    assert queries() == few
