"""The customer's own shelf."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke, suspend
from accounts.models import Customer
from content.models import Progress
from core import clock
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price, make_product
from tests.content.library import make_asset, make_part


def give(charlie: Any, source: str = "1", product: Product | None = None, **over: Any) -> Access:
    product = product or make_product(**over)
    make_asset(make_part(product, kind="epub"))
    line = Source("order_line", source)
    return grant(charlie, product=product, source=line, starts_at=NOW, now=NOW)


def shelf(browse: Any, store: Store, user: Any = None) -> str:
    return browse(store, user).get("/shelf/").content.decode()


def guest_of(browse: Any, store: Store, access: Access) -> Any:
    client = browse(store)
    session = client.session
    session["guest_pass"] = {str(access.pk): "2099-01-01T00:00:00+00:00"}
    session["store"] = store.public_id
    session.save()
    return client


def test_charlie_sees_what_he_bought_and_the_next_step(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    access = give(charlie)
    shown = shelf(browse, in_store, charlie.user)
    assert "Next step" in shown
    assert "Start reading" in shown
    assert f"/read/{access.product.parts.get().public_id}/" in shown


def test_the_next_step_is_what_was_opened_last(in_store: Store, browse: Any, charlie: Any) -> None:
    older = give(charlie, title="The older")
    give(charlie, title="The newer")
    Access.objects.filter(pk=older.pk).update(last_opened_at=NOW)
    shown = browse(in_store, charlie.user).get("/shelf/").context["shelf"]
    assert shown.next_step.title == "The older"


def test_what_is_finished_stands_at_the_end_and_is_no_next_step(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    done = give(charlie, title="Done")
    give(charlie, title="Waiting")
    part = done.product.parts.get()
    Progress.objects.create(customer=charlie, part=part, fraction=1, finished_at=NOW)
    shown = browse(in_store, charlie.user).get("/shelf/").context["shelf"]
    assert [each.title for each in shown.standings] == ["Waiting", "Done"]
    assert shown.next_step.title == "Waiting"


def test_what_was_taken_back_is_gone(in_store: Store, browse: Any, charlie: Any) -> None:
    revoke(give(charlie, title="Refunded"), now=NOW, by="Alice", because="refund")
    assert "Refunded" not in shelf(browse, in_store, charlie.user)


def test_what_is_on_hold_stays_and_says_so(in_store: Store, browse: Any, charlie: Any) -> None:
    suspend(give(charlie), now=NOW, by="", because="card")
    shown = shelf(browse, in_store, charlie.user)
    assert "On hold" in shown
    assert "Next step" not in shown


def test_what_has_ended_stays_with_its_date(in_store: Store, browse: Any, charlie: Any) -> None:
    access = give(charlie)
    Access.objects.filter(pk=access.pk).update(ends_at=clock.now() - timedelta(days=2))
    assert "Ended " in shelf(browse, in_store, charlie.user)


def test_two_rights_to_one_book_are_one_object(in_store: Store, browse: Any, charlie: Any) -> None:
    first = give(charlie)
    suspend(first, now=NOW, by="", because="card")
    give(charlie, "2", product=Product.objects.get(pk=first.product_id))
    shown = browse(in_store, charlie.user).get("/shelf/").context["shelf"]
    assert [each.is_open for each in shown.standings] == [True]


def test_what_was_bought_ahead_is_offered_no_second_time_for_owning_another(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    first = give(charlie, title="First").product
    ahead = make_product(title="Ahead", amount=None, opens_at=clock.now() + timedelta(days=9))
    make_price(ahead, amount=900, for_owners_of=Product.objects.get(pk=first.pk))
    client = browse(in_store, charlie.user)
    assert [each.title for each in client.get("/shelf/").context["shelf"].for_owners] == ["Ahead"]
    give(charlie, "2", product=ahead)
    assert client.get("/shelf/").context["shelf"].for_owners == []


def test_a_guest_sees_what_the_pass_opens_and_a_hint_to_sign_in(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    access = give(charlie, title="Mine")
    give(charlie, title="Not in the pass")
    shown = guest_of(browse, in_store, access).get("/shelf/").content.decode()
    assert "Mine" in shown
    assert "Not in the pass" not in shown
    assert "Open in this browser for a day" in shown
    assert "/sign-in/?next=/shelf/" in shown


def test_a_customer_with_nothing_is_shown_the_shop(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    assert "Your shelf is empty" in shelf(browse, in_store, charlie.user)


def test_a_visitor_is_asked_to_sign_in(in_store: Store, browse: Any) -> None:
    assert "Whose shelf?" in shelf(browse, in_store)


def test_one_shelf_never_holds_another_customers_things(
    in_store: Store, browse: Any, charlie: Any, dana: Any
) -> None:
    give(charlie, title="Charlie's own")
    Customer.objects.create(user=dana)
    assert "Charlie&#x27;s own" not in shelf(browse, in_store, dana)


def test_the_same_user_has_another_shelf_in_another_store(
    in_store: Store, other_store: Store, browse: Any, charlie: Any
) -> None:
    give(charlie, title="From Thread")
    with store_scope(other_store):
        assert "From Thread" not in shelf(browse, other_store, charlie.user)


def test_a_full_shelf_takes_as_many_queries_as_one_book(
    in_store: Store, browse: Any, charlie: Any
) -> None:
    client = browse(in_store, charlie.user)
    client.get("/shelf/")  # the first page of an hour notes the browser
    taken = []
    for titles in (["First"], [f"Book {number}" for number in range(30)]):
        for title in titles:
            give(charlie, title=title)
        with CaptureQueriesContext(connection) as queries:
            client.get("/shelf/")
        taken.append(len(queries))
    assert taken[0] == taken[1]
