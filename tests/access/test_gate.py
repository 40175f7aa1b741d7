from datetime import timedelta

from access.contract import Key, Locked, Open, Source, Viewer
from access.services.gate import may_open
from access.services.granting import grant_part, pause, record_paid, revoke, suspend
from accounts.models import Customer
from products.models import Part, Product, Rhythm
from stores.models import Store
from tests.access.test_granting import give, make_part
from tests.conftest import NOW, make_product, make_user

LATER = NOW + timedelta(hours=1)


def look(viewer: Viewer, part: Part, now=LATER):
    return may_open(viewer, [part], now)[part]


def test_a_visitor_opens_previews_and_nothing_else(in_store: Store) -> None:
    product = make_product()
    sample, book = make_part(product, preview=True), make_part(product)
    answers = may_open(Viewer.nobody(), [sample, book], LATER)
    assert answers[sample] == Open("preview")
    assert answers[book].code == "not_bought"
    assert answers[book].remedy.url == "/p/the-first-stitch/"


def test_charlie_opens_what_he_bought(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    answer = look(Viewer(customer=charlie), make_part(access.product))
    assert answer == Open("access", access_id=access.pk)


def test_a_guest_pass_opens_its_access_and_no_other(in_store: Store, charlie: Customer) -> None:
    mine, other = give(charlie), give(charlie, source=Source("order_line", "2"))
    guest = Viewer(access_ids=frozenset({mine.pk}))
    assert isinstance(look(guest, make_part(mine.product)), Open)
    assert isinstance(look(guest, make_part(other.product)), Locked)


def test_a_key_opens_its_part_and_what_is_below_it_only(in_store: Store, charlie: Customer) -> None:
    product = give(charlie).product
    issue = make_part(product)
    article, other = make_part(product, parent=issue), make_part(product)
    viewer = Viewer(keys=frozenset({Key(charlie.pk, issue.pk)}))
    assert isinstance(look(viewer, issue), Open)
    assert isinstance(look(viewer, article), Open)
    assert isinstance(look(viewer, other), Locked)


def test_a_key_dies_with_the_access_it_stands_for(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    part = make_part(access.product)
    revoke(access, now=NOW)
    answer = look(Viewer(keys=frozenset({Key(charlie.pk, part.pk)})), part)
    assert answer.code == "returned"


def test_another_customer_of_the_store_opens_nothing_of_charlies(
    in_store: Store, charlie: Customer
) -> None:
    eve = Customer.objects.create(user=make_user("eve@example.com"))
    assert isinstance(look(Viewer(customer=eve), make_part(give(charlie).product)), Locked)


def test_a_part_grant_outlives_the_access(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    part = make_part(access.product)
    grant_part(charlie, part, source=Source("publication", "42"), now=NOW)
    revoke(access, now=NOW)
    assert look(Viewer(customer=charlie), part) == Open("grant")


def test_a_parents_preview_opens_its_children(in_store: Store) -> None:
    product = make_product()
    issue = make_part(product, preview=True)
    assert look(Viewer.nobody(), make_part(product, parent=issue)) == Open("preview")


def test_a_childs_rule_narrows_its_parents(in_store: Store, charlie: Customer) -> None:
    product = give(charlie).product
    unit = make_part(product, release=Part.Release.AFTER_DAYS, release_days=7)
    lesson = make_part(product, parent=unit, release=Part.Release.AFTER_DAYS, release_days=9)
    viewer = Viewer(customer=charlie)
    assert isinstance(look(viewer, lesson, NOW + timedelta(days=8)), Locked)
    assert isinstance(look(viewer, unit, NOW + timedelta(days=8)), Open)
    assert isinstance(look(viewer, lesson, NOW + timedelta(days=10)), Open)


def test_what_is_not_published_is_locked_for_all_but_staff(
    in_store: Store, charlie: Customer
) -> None:
    part = make_part(give(charlie).product, published_at=None)
    assert look(Viewer(customer=charlie), part).code == "not_out"
    assert isinstance(look(Viewer(is_staff=True), part), Open)


def test_each_lock_says_why(in_store: Store, charlie: Customer) -> None:
    access = give(charlie, ends_at=NOW + timedelta(days=9))
    part, viewer = make_part(access.product), Viewer(customer=charlie)
    assert look(viewer, part, NOW - timedelta(hours=1)).code == "starts"
    assert look(viewer, part, NOW + timedelta(days=9)).code == "ended"
    pause(access, until=NOW + timedelta(days=3), now=NOW)
    assert "25 Nov" in str(look(viewer, part).because)
    suspend(access, now=NOW)
    assert look(viewer, part).code in {"paused", "hold"}
    revoke(access, now=NOW)
    assert look(viewer, part).code == "returned"


def test_tenure_opens_month_two_after_one_paid_month(in_store: Store, charlie: Customer) -> None:
    product = make_product()
    Product.objects.update(rhythm=Rhythm.MONTH)
    product.refresh_from_db()
    access = give(charlie, product)
    part = make_part(product, release=Part.Release.AT_TENURE, release_tenure=1)
    record_paid(access, source="in_1", starts_at=NOW, ends_at=NOW + timedelta(days=30), now=NOW)
    viewer = Viewer(customer=charlie)
    assert "1 more paid month" in str(look(viewer, part, NOW + timedelta(days=29)).because)
    assert isinstance(look(viewer, part, NOW + timedelta(days=30)), Open)


def test_the_gate_asks_the_same_number_of_queries_for_one_and_for_fifty(
    in_store: Store, charlie: Customer, django_assert_num_queries
) -> None:
    product = give(charlie).product
    unit = make_part(product)
    parts = [make_part(product, parent=unit) for _ in range(50)]
    parts = list(Part.objects.filter(pk__in=[part.pk for part in parts]).select_related("product"))
    viewer = Viewer(customer=charlie)
    for batch in (parts[:1], parts):
        with django_assert_num_queries(3):
            may_open(viewer, batch, LATER)
