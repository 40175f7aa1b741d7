import pytest
import stripe

from tests.sandbox.making import ASKS, DECLINED, item, make_session, session_params

HOUR = 3600


def test_a_session_is_open_and_has_a_page(client, sandbox):
    session = make_session(client, client_reference_id="order-7", metadata={"order": "7"})
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"
    assert (session.client_reference_id, session.metadata["order"]) == ("order-7", "7")
    assert (session.amount_total, session.currency, session.livemode) == (4900, "ils", False)
    assert session.payment_intent is None


def test_the_total_is_the_sum_of_the_items(client):
    items = [item(4900, quantity=2), item(1000, "Bookmark")]
    session = make_session(client, line_items=items)
    assert session.amount_total == 10_800
    found = client.v1.checkout.sessions.line_items.list(session.id)
    assert [(i.description, i.quantity, i.amount_total) for i in found.data] == [
        ("Knots", 2, 9800),
        ("Bookmark", 1, 1000),
    ]


def test_line_items_are_cut_by_cursors(client):
    session = make_session(client, line_items=[item(name=str(n)) for n in range(5)])
    listing = client.v1.checkout.sessions.line_items
    first = listing.list(session.id, {"limit": 2})
    rest = listing.list(session.id, {"limit": 3, "starting_after": first.data[-1].id})
    assert [i.description for i in first.data + rest.data] == list("01234")
    assert (first.has_more, rest.has_more) == (True, False)


def test_a_paid_session_is_complete(client, sandbox):
    session = make_session(client, payment_intent_data={"metadata": {"order": "7"}})
    sandbox.pay(session.id, email="charlie@example.com", name="Charlie")
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.customer_details.email, paid.customer_details.name) == (
        "charlie@example.com",
        "Charlie",
    )
    assert paid.payment_intent.metadata["order"] == "7"
    assert paid.payment_intent.amount_received == paid.amount_total


def test_what_happens_is_told_in_stripes_order(client, sandbox):
    sandbox.pay(make_session(client).id)
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "checkout.session.completed",
    ]


def test_paying_twice_pays_once(client, sandbox):
    session = make_session(client)
    sandbox.pay(session.id)
    sandbox.pay(session.id)
    assert len(client.v1.charges.list().data) == 1


def test_a_declined_card_leaves_the_session_open_for_another(client, sandbox):
    session = make_session(client)
    assert sandbox.pay(session.id, DECLINED)["status"] == "open"
    assert sandbox.pay(session.id)["status"] == "complete"
    assert len(client.v1.payment_intents.list().data) == 1
    assert [charge.status for charge in client.v1.charges.list().data] == ["succeeded", "failed"]


def test_a_card_that_asks_the_bank_pays_when_the_bank_agrees(client, sandbox):
    session = sandbox.pay(make_session(client).id, ASKS)
    assert session["status"] == "open"
    sandbox.authenticate(session["payment_intent"])
    assert client.v1.checkout.sessions.retrieve(session["id"]).payment_status == "paid"


def test_a_late_answer_of_the_bank_does_not_pay_again(client, sandbox):
    session = sandbox.pay(make_session(client).id, ASKS)
    sandbox.pay(session["id"])
    sandbox.authenticate(session["payment_intent"])
    assert [c.paid for c in client.v1.charges.list().data] == [True]
    assert len(sandbox.events("checkout.session.completed")) == 1


def test_a_session_expires_by_the_clock(client, sandbox):
    now = sandbox.lever("state")["now"]
    session = make_session(client, expires_at=now + HOUR)
    sandbox.forward(HOUR - 60)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.forward(61)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert len(sandbox.events("checkout.session.expired")) == 1


def test_a_session_lives_a_day_unless_told_otherwise(client):
    session = make_session(client)
    assert session.expires_at == session.created + 24 * HOUR


@pytest.mark.parametrize(("seconds", "words"), [(60, "30 minutes"), (25 * HOUR, "24 hours")])
def test_a_session_lives_from_half_an_hour_to_a_day(client, sandbox, seconds, words):
    now = sandbox.lever("state")["now"]
    with pytest.raises(stripe.InvalidRequestError, match=words):
        make_session(client, expires_at=now + seconds)


def test_an_expired_session_cannot_be_paid(client, sandbox):
    session = make_session(client)
    client.v1.checkout.sessions.expire(session.id)
    assert sandbox.pay(session.id)["status"] == "expired"
    assert client.v1.charges.list().data == []


def test_expiring_gives_up_the_payment_begun(client, sandbox):
    session = sandbox.pay(make_session(client).id, DECLINED)
    client.v1.checkout.sessions.expire(session["id"])
    assert client.v1.payment_intents.retrieve(session["payment_intent"]).status == "canceled"


def test_a_paid_session_cannot_be_expired(client, sandbox):
    session = make_session(client)
    sandbox.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_by_price_id_sells_that_price(client):
    product = client.v1.products.create({"name": "Knots"})
    price = client.v1.prices.create({"currency": "ils", "unit_amount": 300, "product": product.id})
    session = make_session(client, line_items=[{"price": price.id, "quantity": 1}])
    assert session.amount_total == 300


def test_a_described_price_is_kept_inactive(client):
    session = make_session(client, expand=["line_items.data.price.product"])
    price = session.line_items.data[0].price
    assert (price.active, price.product.active) == (False, False)


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"line_items": []}, "line_items"),
        ({"success_url": ""}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "Not a valid URL"),
        ({"cancel_url": "knots"}, "Not a valid URL"),
        ({"customer": "cus_x"}, "No such customer"),
        ({"mode": "subscription"}, "at least one recurring price"),
        ({"ui_mode": "elements"}, "not in the sandbox"),
        ({"payment_intent_data": {"transfer_group": "x"}}, "not in the sandbox"),
        ({"client_reference_id": "x" * 201}, "200 characters"),
        ({"line_items": [item(-1)]}, "between 0 and"),
        ({"line_items": [item(quantity=0)]}, "greater than or equal to 1"),
        ({"line_items": [{"price_data": item()["price_data"]}]}, "Quantity is required"),
        ({"line_items": [{"quantity": 1}]}, "price"),
        ({"line_items": [{"quantity": 1, "price": "price_x"}]}, "No such price"),
        ({"line_items": [item()] * 101}, "up to 100"),
        ({"metadata": {"k": "x" * 501}}, "up to 500 characters"),
        ({"metadata": {"x" * 41: "v"}}, "up to 40 characters"),
        ({"metadata": {str(n): "v" for n in range(51)}}, "at most 50 keys"),
    ],
)
def test_what_stripe_would_refuse_is_refused(client, over, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        make_session(client, **over)


def test_hebrew_is_no_locale_of_stripes(client, sandbox):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid locale"):
        make_session(client, locale="he")
    sandbox.violations.clear()


def test_too_little_money_is_refused(client):
    price = item(49)["price_data"] | {"currency": "usd"}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        make_session(client, line_items=[{"quantity": 1, "price_data": price}])
    assert caught.value.code == "amount_too_small"


def test_items_share_a_currency(client):
    other = {"quantity": 1, "price_data": item()["price_data"] | {"currency": "usd"}}
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        make_session(client, line_items=[item(), other])


def test_a_total_of_nothing_needs_no_payment(client, sandbox):
    session = make_session(client, line_items=[item(0)])
    assert session.payment_status == "no_payment_required"
    assert sandbox.pay(session.id)["status"] == "complete"
    assert client.v1.payment_intents.list().data == []


def test_a_known_customer_pays(client, sandbox):
    customer = client.v1.customers.create({"email": "charlie@example.com", "name": "Charlie"})
    session = make_session(client, customer=customer.id)
    paid = sandbox.pay(session.id, email="dana@example.com")
    assert paid["customer_details"]["email"] == "charlie@example.com"
    assert client.v1.payment_intents.retrieve(paid["payment_intent"]).customer == customer.id


def test_a_customer_is_made_when_asked_for(client, sandbox):
    session = make_session(client, customer_creation="always")
    assert session.customer is None
    paid = sandbox.pay(session.id, email="charlie@example.com")
    assert client.v1.customers.retrieve(paid["customer"]).email == "charlie@example.com"
    assert sandbox.events()[0]["type"] == "customer.created"


def test_a_guest_stays_a_guest(client, sandbox):
    assert sandbox.pay(make_session(client).id)["customer"] is None


def test_a_card_to_be_used_again_is_kept_for_the_customer(client, sandbox):
    data = {"setup_future_usage": "off_session"}
    paid = sandbox.pay(make_session(client, payment_intent_data=data).id)
    methods = client.v1.customers.payment_methods.list(paid["customer"]).data
    assert [method.card.last4 for method in methods] == ["4242"]


@pytest.mark.parametrize("other", [{"customer_email": "a@b.c"}, {"customer_creation": "always"}])
def test_a_customer_and_a_new_one_exclude_each_other(client, other):
    customer = client.v1.customers.create({"name": "Charlie"})
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        make_session(client, customer=customer.id, **other)


def test_sessions_are_found_by_what_they_are_about(client, sandbox):
    paid = sandbox.pay(make_session(client).id)
    make_session(client)
    sessions = client.v1.checkout.sessions
    assert len(sessions.list().data) == 2
    assert len(sessions.list({"status": "open"}).data) == 1
    assert [s.id for s in sessions.list({"payment_intent": paid["payment_intent"]}).data] == [
        paid["id"]
    ]


def test_metadata_can_be_changed(client):
    session = make_session(client, metadata={"a": "1", "b": "2"})
    changed = client.v1.checkout.sessions.update(session.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_a_recurring_price_needs_another_mode(client):
    price = item()["price_data"] | {"recurring": {"interval": "month"}}
    with pytest.raises(stripe.InvalidRequestError, match="recurring price"):
        client.v1.checkout.sessions.create(
            session_params(line_items=[{"quantity": 1, "price_data": price}])
        )


def test_a_card_kept_at_checkout_belongs_to_the_known_customer(client, sandbox):
    customer = client.v1.customers.create({"metadata": {"store": "1"}})
    data = {"setup_future_usage": "off_session", "metadata": {"order": "7"}}
    session = make_session(client, customer=customer.id, payment_intent_data=data)
    sandbox.pay(session.id, email="charlie@example.com")
    (method,) = client.v1.customers.payment_methods.list(customer.id, {"type": "card"}).data
    assert (method.customer, method.allow_redisplay) == (customer.id, "limited")
    known = client.v1.customers.retrieve(customer.id)
    assert (known.email, known.metadata["store"]) == ("charlie@example.com", "1")


def test_a_known_customer_keeps_its_name_unless_told_to_learn(client, sandbox):
    customer = client.v1.customers.create({"email": "charlie@example.com", "name": "Charlie"}).id
    for over, name in (({}, "Charlie"), ({"customer_update": {"name": "auto"}}, "Dana")):
        sandbox.pay(make_session(client, customer=customer, **over).id, name="Dana")
        assert client.v1.customers.retrieve(customer).name == name
