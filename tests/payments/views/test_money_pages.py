"""The pages of disputes and differences: the store's staff, and the operator."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pikepdf
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from core import clock
from payments.errors import TryLater
from payments.models import (
    Difference,
    Dispute,
    Order,
    OutboundCall,
    Payment,
    Refund,
    StripeEvent,
)
from payments.services import nightly
from payments.services.alarming import alarms
from payments.services.disputes.paper import make_paper
from payments.services.nightly.duties import duties
from payments.services.refunding import refund
from stores.models import LogEntry, Store
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(store, alice)


@pytest.fixture
def operator(db: None, browse: Callable[..., Client]) -> Client:
    return browse(None, User.objects.create_superuser("op@example.com"))


def disputed(shop: Shop) -> Dispute:
    shop.buy()
    shop.sandbox.dispute(Payment.objects.get().charge)
    shop.hear()
    return Dispute.objects.get()


def test_a_dispute_is_answered_with_what_we_know_and_a_note(shop: Shop, at: Client) -> None:
    dispute = disputed(shop)
    url = f"/admin/payments/dispute/{dispute.pk}"
    page = at.get(f"{url}/change/").content.decode()
    assert "Answer by" in page
    assert "was told kindly" in page
    assert "charlie@example.com" in page
    answered = at.post(f"{url}/answer/", {"note": "She wrote that she likes it."}, follow=True)
    assert "The bank has it." in answered.content.decode()
    dispute.refresh_from_db()
    assert (dispute.status, dispute.answered_by) == ("under_review", "Thread")
    sent = OutboundCall.objects.get(kind="evidence").body["evidence"]
    assert "likes it" in sent["uncategorized_text"]
    assert "terms" in sent["refund_policy_disclosure"]
    assert at.post(f"{url}/answer/", {"note": "again"}).status_code == 409


def test_an_answer_that_got_lost_is_sent_again_with_its_key(shop: Shop, at: Client) -> None:
    from payments.services import reconciling

    dispute = disputed(shop)
    shop.sandbox.fault("drop", when="after", path="/v1/disputes", method="POST")
    at.post(f"/admin/payments/dispute/{dispute.pk}/answer/", {"note": "n"})
    assert OutboundCall.objects.get(kind="evidence").state == "waiting"
    reconciling.reconcile_store(clock.now() + timedelta(minutes=10))
    dispute.refresh_from_db()
    assert OutboundCall.objects.get(kind="evidence").state == "answered"
    assert dispute.status == "under_review"


def test_a_question_of_a_bank_says_that_nothing_rests_and_nobody_was_told(
    shop: Shop, at: Client
) -> None:
    shop.buy()
    shop.sandbox.dispute(Payment.objects.get().charge, is_inquiry=True)
    shop.hear()
    url = f"/admin/payments/dispute/{Dispute.objects.get().pk}/change/"
    page = at.get(url).content.decode()
    assert "everything stays open" in page
    assert "was told kindly" not in page


def test_letting_it_be_is_lost_at_once(shop: Shop, at: Client) -> None:
    dispute = disputed(shop)
    at.post(f"/admin/payments/dispute/{dispute.pk}/accept/")
    dispute.refresh_from_db()
    assert dispute.status == "lost"
    assert Order.objects.get().status == Order.Status.CHARGED_BACK


def letters_of(pdf: pikepdf.Pdf) -> set[str]:
    """Return every letter that is set in a paper, by its fonts' own tables."""
    tables = [
        font.ToUnicode.read_bytes().decode()
        for page in pdf.pages
        for font in page.Resources.Font.values()
    ]
    pairs = [pair for table in tables for pair in re.findall(r"<\w+> <(\w{4})>", table)]
    return {chr(int(code, 16)) for code in pairs}


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_paper_is_in_both_languages_and_loses_no_letter(shop: Shop, language: str) -> None:
    dispute = disputed(shop)
    Order.objects.update(name="Zoë Łukasz Наташа دنا דנה")
    dispute = Dispute.objects.get(pk=dispute.pk)
    with override(language):
        made = make_paper(dispute, now=clock.now())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang) == language
        assert set("ZoëŁukaszНатшדנה") <= letters_of(pdf)


def test_support_may_look_and_not_answer(
    shop: Shop, store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    url = f"/admin/payments/dispute/{disputed(shop).pk}"
    client = browse(store, bob)
    assert client.get(f"{url}/change/").status_code == 200
    assert client.get(f"{url}/answer/").status_code == 403
    assert client.get(f"{url}/paper/").status_code == 403
    assert client.post(f"{url}/accept/").status_code == 403


def test_a_difference_is_mended_by_its_button(shop: Shop, at: Client) -> None:
    shop.pay(shop.begin())
    nightly.check_everything(clock.now())
    unknown = Difference.objects.get()
    url = f"/admin/payments/difference/{unknown.pk}"
    assert "Mend it" in at.get(f"{url}/change/").content.decode()
    done = at.post(f"{url}/mend/", follow=True).content.decode()
    assert "It agrees now." in done
    assert Order.objects.get().is_paid
    assert LogEntry.objects.filter(subject_id=str(Order.objects.get().pk)).exists()


@pytest.mark.differs
def test_what_no_button_mends_is_a_duty_and_can_be_looked_at_again(shop: Shop, at: Client) -> None:
    order = shop.buy()
    Order.objects.update(total=1)
    nightly.check_everything(clock.now())
    (duty,) = duties(shop.store, clock.now())
    assert at.get(duty.url).status_code == 200
    url = f"/admin/payments/difference/{Difference.objects.get(kind='order_lines').pk}"
    page = at.get(f"{url}/change/").content.decode()
    assert "Mend it" not in page
    assert "compare this with Stripe by hand" in page
    assert "still differs" in at.post(f"{url}/look/", follow=True).content.decode()
    Order.objects.update(total=order.total)
    assert "It agrees now." in at.post(f"{url}/look/", follow=True).content.decode()


def test_support_sees_a_difference_and_does_not_mend_it(
    shop: Shop, store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    shop.pay(shop.begin())
    nightly.check_everything(clock.now())
    client = browse(store, bob)
    url = f"/admin/payments/difference/{Difference.objects.get().pk}"
    page = client.get(f"{url}/change/").content.decode()
    assert "/mend/" not in page
    assert client.post(f"{url}/mend/").status_code == client.post(f"{url}/look/").status_code == 403


def test_another_stores_difference_is_not_found(
    shop: Shop, other_store: Store, dana: User, browse: Callable[..., Client]
) -> None:
    shop.pay(shop.begin())
    nightly.check_everything(clock.now())
    client = browse(other_store, dana)
    url = f"/admin/payments/difference/{Difference.objects.get().pk}"
    assert client.get(f"{url}/change/").status_code == 404
    assert client.post(f"{url}/mend/").status_code == 404


def test_the_operator_sees_what_is_stuck_and_does_it_again(shop: Shop, operator: Client) -> None:
    shop.pay(shop.begin())
    shop.hear("checkout.session.completed")
    StripeEvent.objects.update(state="failed", error="odd")
    page = operator.get("/operator/payments/difference/").content.decode()
    assert "Events could not be worked on" in page
    event = StripeEvent.objects.get()
    url = f"/operator/payments/stripeevent/{event.pk}"
    assert operator.get(f"{url}/again/").status_code == 200
    operator.post(f"{url}/again/")
    event.refresh_from_db()
    assert event.state == "done"
    assert alarms(clock.now()) == []


def test_the_operator_repeats_a_call_that_got_no_answer(shop: Shop, operator: Client) -> None:
    order = shop.buy()
    shop.sandbox.fault("drop", when="after", path="/v1/refunds", method="POST")
    with pytest.raises(TryLater):
        refund(order, by="alice", now=clock.now())
    silent = OutboundCall.objects.get(state="waiting")
    operator.post(f"/operator/payments/outboundcall/{silent.pk}/again/")
    silent.refresh_from_db()
    assert silent.state == "answered"
    assert Refund.objects.get().state == "succeeded"
    assert len(shop.sandbox.events("refund.created")) == 1


def test_all_that_failed_is_worked_on_again_by_workers(shop: Shop, operator: Client) -> None:
    shop.pay(shop.begin())
    shop.hear()
    StripeEvent.objects.update(state="failed", attempts=14, error="odd")
    page = "/operator/payments/stripeevent/"
    assert "Work on all that failed" in operator.get(page).content.decode()
    count = StripeEvent.objects.count()
    assert f"{count} events failed" in operator.get(f"{page}failed/again/").content.decode()
    operator.post(f"{page}failed/again/")
    assert set(StripeEvent.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert "Work on all that failed" not in operator.get(page).content.decode()


def test_the_operator_fetches_one_object_and_mends(shop: Shop, operator: Client) -> None:
    order = shop.begin()
    shop.pay(order)
    page = "/operator/payments/difference/replay/"
    done = operator.post(page, {"object_id": order.stripe_session_id, "account": ""}, follow=True)
    assert "Done." in done.content.decode()
    order.refresh_from_db()
    assert order.is_paid
    odd = operator.post(page, {"object_id": "du_none"}, follow=True).content.decode()
    assert "no such object" in odd


def test_monitoring_reads_the_exit_status(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_money", "--sweeps")
    shop.pay(shop.begin())
    with pytest.raises(SystemExit):
        call_command("check_money", "--everything")
    assert "differences" in capsys.readouterr().out


def test_a_difference_is_told_in_the_words_of_the_admin(shop: Shop, at: Client) -> None:
    order = shop.buy()
    Order.objects.update(status="partly_refunded")
    nightly.check_everything(clock.now())
    page = at.get(f"/admin/payments/difference/{Difference.objects.get().pk}/change/")
    text = page.content.decode()
    assert f"{order.number} · Charlie" in text
    assert "partly_refunded" not in text
    Order.objects.update(status="paid")
