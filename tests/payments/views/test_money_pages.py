"""The pages of disputes and differences: the store's staff, and the operator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from core import clock
from payments.models import Difference, Dispute, Order, OutboundCall, Payment, StripeEvent
from payments.services import nightly
from payments.services.alarming import alarms
from stores.models import Store
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


def test_letting_it_be_is_lost_at_once(shop: Shop, at: Client) -> None:
    dispute = disputed(shop)
    at.post(f"/admin/payments/dispute/{dispute.pk}/accept/")
    dispute.refresh_from_db()
    assert dispute.status == "lost"
    assert Order.objects.get().status == Order.Status.CHARGED_BACK


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_paper_is_a_pdf_in_both_languages(shop: Shop, language: str) -> None:
    import io

    import pikepdf
    from django.utils.translation import override

    from payments.services.disputes.paper import make_paper

    dispute = disputed(shop)
    with override(language):
        made = make_paper(dispute, now=clock.now())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) >= 1
        assert str(pdf.Root.Lang) == language


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
