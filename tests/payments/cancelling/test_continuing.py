"""Notices that stop what is paid again and again, driven through the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import clock
from mail.models import Message
from payments.errors import Refused
from payments.models import (
    Bill,
    CancelNotice,
    Dispute,
    Document,
    OutboundCall,
    Payment,
    Refund,
    Stop,
    Subscription,
)
from payments.services import reconciling, stripe_api, stripe_subscriptions
from payments.services.alarming import alarms
from payments.services.cancelling.continuing import noticing, stopping, undoing
from payments.services.cancelling.continuing.effect_day import Wish
from payments.services.cancelling.continuing.stopping import Asked
from payments.services.cancelling.noticing import Said, give_notice
from payments.services.documents.working import issue_due
from payments.services.subscriptions.leaving import leave_at_end, stay
from payments.services.subscriptions.resting import rest
from products.models import Price
from sandbox.testing import LiveSandbox
from stores import slots
from stores.models import Business, Staff, Store
from stores.scope import store_scope
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member, make_club

pytestmark = pytest.mark.django_db
State = Subscription.State
KEY = re.compile(r"/cancel/mail/\w+/")
SAID = Said(language="en")


@pytest.fixture
def price(in_store: Store) -> Price:
    return make_club()


@pytest.fixture
def shop(sandbox: LiveSandbox, store: Store, price: Price, browse: Callable[..., Client]) -> Shop:
    Business.objects.update_or_create(
        defaults={"legal_name": "Alice", "kind": "licensed", "tax_id": "123456782", "country": "IL"}
    )
    return Shop(sandbox, store, price, browse(store))


@pytest.fixture
def member(shop: Shop) -> Member:
    return Member(shop)


@pytest.fixture
def old(member: Member) -> Member:
    """Somebody who paid two months and is ten days into the second."""
    member.join()
    member.months(1)
    member.later(days=9)
    return member


def cancel(member: Member, wish: Wish = Wish.BY_LAW, **asked: Any) -> CancelNotice:
    with member.there():
        return noticing.cancel(
            member.subscription,
            proof="signed_in",
            said=SAID,
            now=member.now,
            asked=Asked(wish, **asked),
        )


def work(member: Member) -> None:
    with member.there():
        stopping.work_due(member.now)


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("id"))


def test_charges_stop_at_once_and_it_ends_on_its_day_with_the_rest_back(old: Member) -> None:
    notice = cancel(old)
    stop = Stop.objects.get()
    subscription = old.subscription
    assert (notice.number, notice.state) == (1, "done")
    assert subscription.next_charge_at is None
    assert abs(subscription.ends_at - stop.effective_at) < timedelta(seconds=1)
    assert 0 < stop.amount < 5900
    assert old.access.is_live(old.now)
    assert not Refund.objects.exists()

    old.later(days=6)
    assert old.subscription.state(old.now) == State.ENDED
    assert not old.access.is_live(old.now)
    work(old)
    old.hear()
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (stop.amount, "succeeded")
    assert Stop.objects.get().settled_at is not None
    with old.there():
        issue_due(old.now)
    assert [each.total for each in Document.objects.filter(kind="credit")] == [stop.amount]
    old.months(2)
    work(old)
    assert (len(old.orders), Refund.objects.count()) == (2, 1)


def test_it_is_acknowledged_with_number_day_and_hour(old: Member) -> None:
    cancel(old)
    (mail,) = mails("cancel_stopped")
    assert mail.to_address == old.subscription.customer.user.email
    assert (mail.context["number"], mail.context["may_keep"]) == (1, True)
    assert mail.context["hour"]
    assert "₪" in str(mail.context["rows"])
    assert not mails("leaves_at_end")
    assert len(mails("cancel_notice")) == 1


def test_until_its_day_it_can_be_undone_and_goes_on_as_before(old: Member) -> None:
    before = old.subscription.next_charge_at
    notice = cancel(old)
    with old.there():
        assert undoing.can_keep(notice, old.now)
        undoing.keep_after_all(notice, by="", now=old.now)
    notice.refresh_from_db()
    assert (notice.state, old.subscription.state(old.now)) == ("kept", State.ACTIVE)
    assert old.subscription.next_charge_at == before
    old.months(1)
    work(old)
    assert (len(old.orders), Refund.objects.count()) == (3, 0)


def test_staying_on_the_billing_page_undoes_the_notice_too(old: Member) -> None:
    notice = cancel(old)
    with old.there():
        stay(old.subscription, now=old.now)
    notice.refresh_from_db()
    assert (notice.state, Stop.objects.standing().count()) == ("kept", 0)
    with old.there():
        noticing.cancel(old.subscription, proof="signed_in", said=SAID, now=old.now)
    assert Stop.objects.standing().count() == 1


def test_after_its_day_it_is_too_late_to_undo(old: Member) -> None:
    notice = cancel(old)
    old.later(days=6)
    assert not undoing.can_keep(notice, old.now)


def test_a_charge_under_way_is_never_made(member: Member) -> None:
    member.join()
    member.shop.sandbox.advance(months=1)
    member.shop.sandbox.forward(20 * 60)  # the next period has begun; its invoice is a draft
    member.hear()
    cancel(member)
    assert member.subscription.state(member.now) == State.ENDED
    member.later(days=3)
    work(member)
    assert (len(member.orders), Refund.objects.count()) == (1, 0)


def test_a_charge_made_while_stripe_was_silent_is_given_back_whole(member: Member) -> None:
    subscription = member.join()
    member.later(days=29)
    path = f"/v1/subscriptions/{subscription.stripe_id}"
    member.shop.sandbox.fault("drop", when="before", times=1, method="POST", path=path)
    cancel(member, Wish.END)
    assert OutboundCall.objects.filter(key__startswith="notice-", state="waiting").count() == 1
    member.shop.sandbox.advance(months=1)  # it was charged, as nobody told Stripe
    member.hear()
    assert len(member.orders) == 2
    for _time in range(3):
        with member.there():
            reconciling.reconcile_store(member.now + timedelta(minutes=30))
        work(member)
        member.hear()
    assert member.subscription.state(member.now) == State.ENDED
    late = Bill.objects.order_by("-paid_at")[0]
    refund = Refund.objects.get()
    assert (refund.amount, refund.line.order) == (5900, late.order)


def test_twice_is_one_notice(old: Member) -> None:
    assert cancel(old) == cancel(old)
    assert Stop.objects.count() == CancelNotice.objects.count() == 1


def test_who_leaves_already_may_end_sooner_with_money_back(old: Member) -> None:
    with old.there():
        leave_at_end(old.subscription, now=old.now)
    set_before = old.subscription.ends_at
    notice = cancel(old)
    assert old.subscription.ends_at < set_before
    with old.there():
        undoing.keep_after_all(notice, by="", now=old.now)
    assert old.subscription.ends_at == set_before


def test_who_leaves_already_with_what_is_paid_is_told_so_and_nothing_is_done_twice(
    old: Member,
) -> None:
    with old.there():
        leave_at_end(old.subscription, now=old.now)
    calls = OutboundCall.objects.count()
    cancel(old, Wish.END)
    assert OutboundCall.objects.count() == calls
    assert "already" in str(mails("cancel_stopped")[0].context["rows"])


def test_what_rests_is_over_at_once(old: Member) -> None:
    with old.there():
        rest(old.subscription, 1, now=old.now)
    old.later(months=1, days=1)
    assert old.subscription.state(old.now) == State.RESTING
    cancel(old)
    assert old.subscription.state(old.now) == State.ENDED
    assert "at once" in str(mails("cancel_stopped")[0].context["rows"])


def test_what_is_not_paid_ends_without_debt(member: Member) -> None:
    subscription = member.join()
    member.shop.sandbox.fail_next_renewal(subscription.stripe_id)
    member.months(1)
    assert member.subscription.state(member.now) == State.TO_FIX
    cancel(member)
    assert member.subscription.state(member.now) == State.ENDED
    member.later(days=20)
    assert len(member.orders) == 1


def test_in_the_first_days_all_comes_back_if_nothing_was_opened(member: Member) -> None:
    member.join()
    member.later(days=3)
    cancel(member)
    assert Stop.objects.get().amount == 5900
    member.later(hours=2)
    work(member)
    member.hear()
    assert Refund.objects.get().amount == 5900
    assert member.subscription.state(member.now) == State.ENDED


def test_what_has_ended_is_said_and_nothing_is_done(
    old: Member, browse: Callable[..., Client]
) -> None:
    cancel(old)
    old.later(days=6)
    path = f"/cancel/subscription/{old.subscription.public_id}/"
    client = browse(old.shop.store, old.subscription.customer.user)
    with clock.standing_at(old.now):
        page = client.get(path).content.decode()
        client.post(path, {"wish": "soon"})
    assert "It ended on" in page
    assert CancelNotice.objects.count() == 1


def test_signed_out_the_address_alone_is_enough_with_its_mailbox(
    old: Member, browse: Callable[..., Client]
) -> None:
    stranger = browse(old.shop.store)
    with clock.standing_at(old.now):
        stranger.post("/cancel/", {"email": "charlie@example.com"})
    assert CancelNotice.objects.get().state == "confirming"
    assert not Stop.objects.exists()
    found = KEY.search(mails("cancel_received")[0].context["key_url"])
    assert found
    with clock.standing_at(old.now):
        page = stranger.get(found.group(0)).content.decode()
        assert "The Sewing Room" in page
        assert not Stop.objects.exists()
        stranger.post(found.group(0), {"stop": "1", "wish": "soon"})
    notice = CancelNotice.objects.get()
    assert (notice.state, notice.proof) == ("done", "mailbox")
    assert old.subscription.next_charge_at is None
    with clock.standing_at(old.now):
        stranger.post(found.group(0), {"keep": "1"})
    notice.refresh_from_db()
    assert notice.state == "kept"
    assert old.subscription.next_charge_at is not None


def test_a_renewals_number_names_the_subscription(
    old: Member, browse: Callable[..., Client]
) -> None:
    stranger = browse(old.shop.store)
    renewal = old.orders[-1]
    with clock.standing_at(old.now):
        stranger.post("/cancel/", {"email": "charlie@example.com", "number": renewal.number})
    assert CancelNotice.objects.get().order == renewal


def test_a_stranger_sees_nothing_of_a_subscription(
    old: Member, browse: Callable[..., Client]
) -> None:
    stranger = browse(old.shop.store)
    path = f"/cancel/subscription/{old.subscription.public_id}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"wish": "soon"}).status_code == 404
    assert not Stop.objects.exists()


def test_an_oral_notice_counts_from_when_it_was_said(old: Member) -> None:
    said = Said(
        language="en", channel="phone", taken_by="Alice", said_at=old.now - timedelta(days=8)
    )
    with old.there():
        noticing.cancel(old.subscription, proof="staff", said=said, now=old.now)
    stop = Stop.objects.get()
    assert stop.effective_at < old.now
    assert old.subscription.state(old.now) == State.ENDED
    work(old)
    old.hear()
    assert Refund.objects.get().amount == stop.amount


def test_a_day_may_be_named(old: Member) -> None:
    day = (old.now + timedelta(days=10)).date()
    cancel(old, Wish.DAY, day=day)
    assert Stop.objects.get().effective_at.astimezone(old.shop.store.zone).date() == day


@pytest.mark.parametrize("number", [0, 1])
def test_an_order_of_a_subscription_leads_to_its_page(
    old: Member, browse: Callable[..., Client], number: int
) -> None:
    client = browse(old.shop.store, old.subscription.customer.user)
    with clock.standing_at(old.now):
        answer = client.get(f"/cancel/order/{old.orders[number].public_id}/")
        assert answer["Location"].endswith(f"/cancel/subscription/{old.subscription.public_id}/")
        assert "The Sewing Room" in client.get("/cancel/").content.decode()
        answer = client.post(answer["Location"], {"wish": "end"}, follow=True)
    assert "number 1" in answer.content.decode()
    assert Stop.objects.get().back == "nothing"


# -- those who run the store


def boss(old: Member, browse: Callable[..., Client]) -> Client:
    with store_scope(old.shop.store):
        owner = Staff.objects.filter(role="owner").select_related("user").first()
        assert owner is not None
        return browse(old.shop.store, owner.user)


def test_a_spoken_notice_is_written_down_from_the_subscriptions_page(
    old: Member, browse: Callable[..., Client]
) -> None:
    client, subscription = boss(old, browse), old.subscription
    with clock.standing_at(old.now):
        page = client.get(f"/admin/payments/subscription/{subscription.pk}/change/")
        path = f"/admin/payments/cancelnotice/record/?subscription={subscription.public_id}"
        assert path.replace("&", "&amp;") in page.content.decode()
        assert "The Sewing Room" in client.get(path).content.decode()
        said_at = timezone.localtime(old.now, old.shop.store.zone).strftime("%Y-%m-%dT%H:%M")
        answer = client.post(path, {"channel": "registered", "said_at": said_at})
        assert answer.status_code == 302, answer.content.decode()
        page = client.get(answer["Location"]).content.decode()
    stop = Stop.objects.get()
    assert (stop.notice.channel, stop.notice.proof) == ("registered", "staff")
    assert stop.effective_at > old.now + timedelta(days=5)
    assert "The Sewing Room" in page
    assert old.subscription.next_charge_at is None


def test_the_team_says_which_subscription_a_notice_is_about_and_undoes_it(
    old: Member, browse: Callable[..., Client]
) -> None:
    client = boss(old, browse)
    with old.there():
        notice = give_notice(Said(language="en", name=old.subscription.order.name), now=old.now)
    with clock.standing_at(old.now):
        path = f"/admin/payments/cancelnotice/{notice.pk}/"
        client.post(f"{path}which/", {"order": old.subscription.public_id})
        assert Stop.objects.standing().count() == 1
        client.post(f"{path}keep/")
    notice.refresh_from_db()
    assert (notice.state, bool(notice.answered_by)) == ("kept", True)
    assert old.subscription.next_charge_at is not None


def test_the_number_of_an_order_that_is_paid_again_and_again_stops_it(
    old: Member, browse: Callable[..., Client]
) -> None:
    said_at = timezone.localtime(old.now, old.shop.store.zone).strftime("%Y-%m-%dT%H:%M")
    sent = {"channel": "phone", "said_at": said_at, "number": old.orders[1].number, "wish": "end"}
    client = boss(old, browse)
    with clock.standing_at(old.now):
        answer = client.post("/admin/payments/cancelnotice/record/", sent)
    assert answer.status_code == 302, answer.content.decode()
    assert Stop.objects.get().back == "nothing"


def test_both_sides_see_it(old: Member, browse: Callable[..., Client]) -> None:
    cancel(old)
    client = browse(old.shop.store, old.subscription.customer.user)
    with clock.standing_at(old.now):
        page = client.get(f"/billing/{old.subscription.public_id}/").content.decode()
        assert "Stopped by notice" in page
        assert "Stay after all" in page
        client = boss(old, browse)
        page = client.get(f"/admin/payments/subscription/{old.subscription.pk}/change/")
        assert "Stopped by notice" in page.content.decode()
    with old.there():
        answered = slots.inbox_answered.get("cancelling")(old.shop.store)
        assert [each.kind for each in answered] == ["cancel"]
        story = slots.customer_timeline.get("cancelling")([old.subscription.customer])
        assert len(story[old.subscription.customer]) == 1


def refuse(*_asked: Any) -> None:
    raise Refused("This charge cannot be refunded.")


def test_money_stripe_refuses_is_tried_once_and_stands_on_today(
    old: Member, monkeypatch: Any
) -> None:
    cancel(old)
    old.later(days=6)
    draft = Bill.objects.create(
        subscription=old.subscription, stripe_id="in_x", status="draft", written_at=old.now
    )
    monkeypatch.setattr(stripe_api, "create_refund", refuse)
    for minutes in (0, 5, 30):
        with old.there():
            stopping.work_due(old.now + timedelta(minutes=minutes))
    assert [each.state for each in Refund.objects.all()] == ["failed"]
    with old.there():
        duties = slots.duties.get("orders")(old.shop.store, old.now)
    assert [each.key.partition(":")[0] for each in duties] == ["failed"]
    assert Stop.objects.get().settled_at is None
    draft.delete()
    with old.there():
        stopping.work_due(old.now + timedelta(hours=1))
    assert Stop.objects.get().settled_at is not None
    assert Refund.objects.count() == 1


def test_what_a_bank_holds_is_looked_at_later_and_later_and_goes_back_when_it_may(
    old: Member,
) -> None:
    cancel(old)
    stop = Stop.objects.get()
    payment = Payment.objects.latest("pk")
    dispute = Dispute.objects.create(
        payment=payment,
        amount=payment.amount,
        currency=payment.currency,
        stripe_id="du_x",
        status="under_review",
        opened_at=old.now,
    )
    old.later(days=6)
    looked_at = []
    with old.there():
        for minute in range(24 * 60):
            now = old.now + timedelta(minutes=minute)
            if stopping.stores_with_due(now):
                looked_at.append(minute)
                stopping.work_due(now)
    assert looked_at == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 871, 1231]
    assert not Refund.objects.exists()
    dispute.status = "won"
    dispute.save()
    with old.there():
        stopping.work_due(old.now + timedelta(days=1, hours=6))
    assert Refund.objects.get().amount == stop.amount
    assert Stop.objects.get().settled_at is not None


def test_a_stop_stripe_refuses_is_asked_for_ever_more_rarely_and_alarms_the_operator(
    member: Member, monkeypatch: Any
) -> None:
    member.join()
    monkeypatch.setattr(stripe_subscriptions, "change", refuse)
    cancel(member, Wish.END)
    with member.there():
        for minute in range(6 * 60):
            stopping.work_due(member.now + timedelta(minutes=minute))
        later = member.now + timedelta(hours=6)
        assert OutboundCall.objects.filter(key__startswith="notice-").count() == 10
        assert "stops-late" in {each.key for each in alarms(later)}
    monkeypatch.undo()
    with member.there():
        stopping.work_due(member.now + timedelta(hours=12))
        assert "stops-late" not in {each.key for each in alarms(later)}
    assert member.subscription.next_charge_at is None


def test_the_day_of_an_end_is_not_slept_through(member: Member, monkeypatch: Any) -> None:
    member.join()
    monkeypatch.setattr(stripe_subscriptions, "change", refuse)
    cancel(member, Wish.END)
    stop = Stop.objects.get()
    Stop.objects.update(looks=20)
    with member.there():
        stopping.work_due(stop.effective_at - timedelta(hours=1))
    assert Stop.objects.get().next_look_at == stop.effective_at
