"""The mails about money, in both languages."""

from __future__ import annotations

import pytest

from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import Payment
from payments.services.refunding import refund
from stores.models import Business, Store
from tests.conftest import make_price
from tests.payments.buying import Shop, make_book

pytestmark = pytest.mark.django_db
TITLE = "<b>Stitch</b> & \u202emore\u202c {{ 7*7 }}"


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_mail_can_be_read_in_both_languages(shop: Shop, language: str) -> None:
    order = shop.buy(name="Charlie <i>")
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent, amount=100)
    shop.hear()
    refund(order, by="alice", amount=100, now=clock.now(), reason="because")
    shop.client.logout()
    shop.buy(email="erin@example.com")
    sender = store_sender(shop.store)
    kinds = set()
    for message in Message.objects.all():
        message.language = language
        mail = render(message, sender)
        kinds.add(message.kind)
        assert mail.subject
        assert "\n" not in mail.subject
        assert "<i>" not in mail.html
        assert str(message.context["number"]) in mail.text + mail.subject
    assert kinds == {"receipt", "first_sale", "sale", "refunded", "order_question"}


def test_the_receipt_names_order_amount_shop_and_how_to_cancel(shop: Shop) -> None:
    order = shop.buy()
    text = render(Message.objects.get(kind="receipt"), store_sender(shop.store)).text
    for words in (str(order.number), "The First Stitch: ₪49", "Thread", "/k/", "cancel"):
        assert words in text


def test_creators_mails_are_in_the_stores_language_and_buyers_in_theirs(shop: Shop) -> None:
    Store.objects.filter(pk=shop.store.pk).update(languages=["en", "he"])
    response = shop.client.get(f"/he{shop.url}")
    assert response.status_code == 200
    typed = {"email": "charlie@example.com", "name": "Charlie", "terms": "on", "attempt": "one"}
    shop.client.post(f"/he{shop.url}", typed)
    order = shop.order()
    shop.pay(order)
    shop.hear()
    assert Message.objects.get(kind="receipt").language == "he"
    assert "/he/orders/" in Message.objects.get(kind="receipt").context["order_url"]
    sale = Message.objects.get(kind="first_sale")
    assert (sale.language, "/he/" in sale.context["admin_url"]) == ("en", False)


def test_a_hostile_title_is_text_in_the_mail(shop: Shop) -> None:
    book = make_book(title=TITLE)
    shop.price = book.prices.get()
    shop.buy()
    html = render(Message.objects.get(kind="receipt"), store_sender(shop.store)).html
    assert "<b>Stitch" not in html
    assert "49" in html
    assert "{{ 7*7 }}" in html


def test_what_is_free_says_so_and_asks_for_nothing(shop: Shop) -> None:
    free = make_price(shop.price.product, amount=0)
    shop.price = free
    shop.send()
    mail = render(Message.objects.get(kind="receipt"), store_sender(shop.store))
    assert mail.subject == "The First Stitch: here it is"
    assert "cancel" not in mail.text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            (
                "Ebook",
                "Yours for good",
                "in a browser",
                "card ending 4242",
                "₪7.47 is VAT",
                "no other charges",
                "put right or its money comes back",
                "You may cancel until",
                "It costs nothing",
                "cannot be returned by itself",
                "Terms of sale",
            ),
        ),
        (
            "he",
            (
                "ספר דיגיטלי",
                "נפתח בדפדפן",
                "כרטיס שמסתיים ב־4242",
                "מע״מ",
                "אין חיובים נוספים",
                "מתוקן או שהכסף חוזר",
                "אפשר לבטל עד",
                "תנאי המכירה",
            ),
        ),
    ],
)
def test_the_receipt_says_what_the_law_of_distance_sales_lists(
    shop: Shop, language: str, says: tuple[str, ...]
) -> None:
    Store.objects.filter(pk=shop.store.pk).update(languages=["en", "he"])
    seller = {
        "legal_name": "Thread Ltd",
        "kind": "licensed",
        "tax_id": "123456782",
        "address": "Sirkin 7",
        "city": "Haifa",
        "country": "IL",
        "phone": "04-1234567",
        "email": "shop@thread.example",
        "terms": "Be kind.",
    }
    Business.objects.create(**seller)
    prefix = "" if language == "en" else "/he"
    typed = {"email": "charlie@example.com", "name": "Charlie", "terms": "on", "attempt": "one"}
    shop.client.post(f"{prefix}{shop.url}", typed)
    shop.pay(shop.order())
    shop.hear()
    mail = render(Message.objects.get(kind="receipt"), store_sender(shop.store))
    known = [seller[key] for key in ("legal_name", "tax_id", "address", "city", "phone", "email")]
    for words in (*known, "The First Stitch", "49", "/cancel/", "/terms/cancelling/", *says):
        assert words in mail.text
        assert words in mail.html
