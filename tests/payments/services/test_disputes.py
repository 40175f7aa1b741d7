"""A bank takes money back: what rests, what opens again, what closes; whatever the order of it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override

from access.models import Access
from access.services import granting
from accounts.models import User
from content.models import Progress
from core import clock
from mail.models import Message
from mail.services.team import choose
from payments.errors import CannotRefund, NotOurs
from payments.models import Dispute, Order, OrderLine, Payment, StripeEvent
from payments.services import inbox
from payments.services.disputes.answering import name_line
from payments.services.disputes.duties import duties
from payments.services.disputes.evidence import evidence_of, pack
from payments.services.disputes.words import effect_of
from payments.services.fulfilment import asked_of
from payments.services.moving import move_order
from payments.services.refunding import refund, refundable
from payments.services.sync import sync_dispute
from products.models import Part
from products.services.bundles import include
from stores.models import Staff
from tests.conftest import make_product
from tests.payments.buying import Shop, make_book
from tests.payments.services.test_refunding_lines import paid

pytestmark = pytest.mark.django_db


def open_dispute(shop: Shop, **over: Any) -> Dispute:
    """Dispute the newest payment at Stripe and hear of it."""
    made = shop.sandbox.dispute(Payment.objects.latest("id").charge, **over)
    shop.hear()
    return Dispute.objects.get(stripe_id=made["id"])


def decide(shop: Shop, dispute: Dispute, *, won: bool) -> Dispute:
    shop.sandbox.decide_dispute(dispute.stripe_id, won=won)
    shop.hear()
    dispute.refresh_from_db()
    return dispute


def kinds() -> list[str]:
    return sorted(Message.objects.values_list("kind", flat=True))


def test_what_is_disputed_rests_and_both_are_told(shop: Shop) -> None:
    order = shop.buy()
    dispute = open_dispute(shop)
    access = Access.objects.get()
    assert access.suspended_at is not None
    assert access.revoked_at is None
    assert (dispute.amount, dispute.status) == (4900, "needs_response")
    letter = Message.objects.get(kind="dispute")
    assert "2026" in letter.context["answer_by"] or letter.context["answer_by"]
    assert Message.objects.get(kind="on_hold").to_address == order.email


def test_who_of_the_team_hears_of_a_dispute_is_for_each_to_choose(shop: Shop, bob: User) -> None:
    choose(Staff.objects.get(role="owner"), [])
    choose(Staff.objects.get(user=bob), ["dispute"])
    shop.buy()
    open_dispute(shop)
    assert [each.to_address for each in Message.objects.filter(kind="dispute")] == [bob.email]


def test_won_opens_again_what_the_dispute_held(shop: Shop) -> None:
    order = shop.buy()
    decide(shop, open_dispute(shop), won=True)
    order.refresh_from_db()
    assert Access.objects.live(clock.now()).count() == 1
    assert (order.status, refundable(order)) == ("paid", 4900)
    assert {"dispute_over", "open_again"} <= set(kinds())


def test_lost_closes_and_the_money_is_gone(shop: Shop) -> None:
    order = shop.buy()
    decide(shop, open_dispute(shop), won=False)
    order.refresh_from_db()
    assert not Access.objects.standing().exists()
    assert (order.status, refundable(order)) == (Order.Status.CHARGED_BACK, 0)
    assert "open_again" not in kinds()


def test_what_another_purchase_gave_stays_open(shop: Shop) -> None:
    shop.buy()
    shop.buy(again="on")
    open_dispute(shop)
    assert Access.objects.live(clock.now()).count() == 1


def test_what_staff_took_back_before_stays_taken_back(shop: Shop) -> None:
    shop.buy()
    granting.revoke(Access.objects.get(), now=clock.now(), by="alice")
    decide(shop, open_dispute(shop), won=True)
    assert Access.objects.get().revoked_at is not None


def test_what_staff_held_before_stays_held(shop: Shop) -> None:
    shop.buy()
    granting.suspend(Access.objects.get(), now=clock.now(), by="alice")
    decide(shop, open_dispute(shop), won=True)
    assert Access.objects.get().suspended_at is not None


def test_while_it_is_disputed_nothing_can_be_given_back(shop: Shop) -> None:
    order = shop.buy()
    open_dispute(shop)
    assert refundable(order) == 0
    with pytest.raises(CannotRefund):
        refund(order, by="alice", amount=1, now=clock.now())


def test_a_dispute_of_what_was_left_after_a_refund_is_about_all(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", amount=1000, now=clock.now())
    dispute = decide(shop, open_dispute(shop), won=False)
    order.refresh_from_db()
    assert dispute.amount == 3900
    assert order.status == Order.Status.CHARGED_BACK
    assert not Access.objects.standing().exists()


def test_a_strangers_dispute_is_not_ours(shop: Shop) -> None:
    with pytest.raises(NotOurs):
        sync_dispute("", "du_none", clock.now())


def test_every_order_of_doubled_hints_ends_the_same(shop: Shop) -> None:
    """Paid, disputed, decided: whichever is heard first, and twice."""
    order = shop.begin()
    shop.pay(order)
    charge = shop.sandbox.events("charge.succeeded")[0]["data"]["object"]["id"]
    made = shop.sandbox.dispute(charge)
    shop.sandbox.decide_dispute(made["id"], won=False)
    hints = shop.hints(
        "checkout.session.completed", "charge.dispute.created", "payment_intent.succeeded"
    )
    seen = set()
    for some in permutations(hints):
        sid = transaction.savepoint()
        for hint in (*some, *some):
            inbox.take_in([hint], clock.now())
            StripeEvent.objects.update(state="pending")
            inbox.work(clock.now())
        order.refresh_from_db()
        line = OrderLine.objects.get()
        seen.add((order.status, line.closed_at is None, line.held_at is None, *kinds()))
        transaction.savepoint_rollback(sid)
    assert seen == {("charged_back", False, True, "dispute_over", "first_sale", "receipt")}


def two_books(shop: Shop) -> Order:
    return paid(shop, shop.price, make_book(title="The Second", amount=3000).prices.get())


def test_a_dispute_of_a_part_rests_nothing_until_somebody_says_which(shop: Shop) -> None:
    order = two_books(shop)
    dispute = open_dispute(shop, amount=3000)
    assert asked_of(order) == (dispute,)
    assert Access.objects.live(clock.now()).count() == 2
    assert [duty.key for duty in duties(shop.store, clock.now())] == [
        f"dispute:{dispute.public_id}",
        f"about:{dispute.public_id}",
    ]
    second = order.lines.get(title="The Second")
    name_line(dispute, second, now=clock.now())
    assert Access.objects.get(suspended_at__isnull=False).source_id == str(second.pk)
    assert Message.objects.filter(kind="on_hold").count() == 1
    decide(shop, dispute, won=True)
    assert Access.objects.live(clock.now()).count() == 2
    assert "open_again" in kinds()


def test_a_lost_part_closes_only_what_it_was_about(shop: Shop) -> None:
    order = two_books(shop)
    dispute = open_dispute(shop, amount=3000)
    assert "stays open" in effect_of(dispute)
    name_line(dispute, order.lines.get(title="The Second"), now=clock.now())
    decide(shop, dispute, won=False)
    order.refresh_from_db()
    (left,) = Access.objects.standing()
    assert left.product_id == order.lines.get(amount=4900).product_id
    assert (order.status, refundable(order)) == (Order.Status.PARTLY_REFUNDED, 4900)


def test_a_part_about_nothing_is_not_asked_about_again(shop: Shop) -> None:
    order = two_books(shop)
    dispute = decide(shop, open_dispute(shop, amount=3000), won=False)
    name_line(dispute, None, now=clock.now())
    assert asked_of(order) == ()
    assert Access.objects.live(clock.now()).count() == 2


def test_a_question_that_becomes_a_dispute_is_told_again_with_its_new_day(shop: Shop) -> None:
    shop.buy()
    dispute = open_dispute(shop, is_inquiry=True)
    assert Access.objects.live(clock.now()).count() == 1
    assert (kinds().count("dispute"), kinds().count("on_hold")) == (1, 0)
    decide(shop, dispute, won=False)
    assert not Access.objects.live(clock.now()).exists()
    assert (kinds().count("dispute"), kinds().count("on_hold")) == (2, 1)
    shop.hear()
    assert kinds().count("dispute") == 2


def test_a_disputed_bundle_rests_whole_and_opens_again_whole(shop: Shop) -> None:
    bundle = make_product("bundle", title="Both", amount=7000)
    for title in ("One", "Two"):
        include(bundle, make_book(title=title))
    paid(shop, bundle.prices.get())
    dispute = open_dispute(shop)
    assert Access.objects.filter(suspended_at__isnull=False).count() == 3
    decide(shop, dispute, won=True)
    assert Access.objects.live(clock.now()).count() == 3


def test_the_evidence_of_a_moved_purchase_names_who_had_it_and_how_far_they_came(
    shop: Shop,
) -> None:
    order = shop.buy()
    Message.objects.update(sent_at=clock.now())
    move_order(order, "erin@example.com", by="Bob", now=clock.now())
    access = Access.objects.get()
    part = Part.objects.get()
    Progress.objects.create(customer=access.customer, part=part, fraction=0.4)
    dispute = open_dispute(shop)
    sent = evidence_of(dispute, note="")
    assert "40%" in sent["access_activity_log"]
    assert "receipt" in sent["uncategorized_text"]


def test_evidence_is_dated_as_its_language_writes_and_says_what_was_ticked(shop: Shop) -> None:
    order = shop.buy()
    moment = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    Order.objects.filter(pk=order.pk).update(
        placed_at=moment,
        consents={"news": moment.isoformat(), "opens_at_once": moment.isoformat()},
    )
    dispute = open_dispute(shop)
    with override("he"):
        said = dict(row for section in pack(dispute) for row in section.rows)
    assert said["הוזמן"] == "1 במרץ 2026, 09:00 (GMT+02:00\u200e)"
    assert "news" not in said
    assert "opens at once" not in said
    assert any(label.startswith("כן, אפשר לכתוב לי") for label in said)
