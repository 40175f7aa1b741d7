from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from access.contract import Open, Source, Viewer
from access.errors import BelongsElsewhere
from access.models import Access, AccessEvent, PartGrant
from access.services.gate import may_open
from access.services.granting import (
    grant,
    grant_part,
    grant_purchase,
    pause,
    record_paid,
    restore,
    resume,
    revoke,
    set_end,
    suspend,
)
from accounts.models import Customer
from products.models import Part, Price
from products.services.bundles import include
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_price, make_product, make_store, make_user

LINE = Source("order_line", "1")


def make_part(product, **over):
    return Part.objects.create(
        **{
            "product_id": product.pk,
            "kind": "file",
            "title": "The book",
            "published_at": NOW - timedelta(days=1),
        }
        | over
    )


def give(customer: Customer, product=None, source: Source = LINE, **over) -> Access:
    product = product or make_product()
    return grant(customer, product=product, source=source, starts_at=NOW, now=NOW, **over)


def test_granting_twice_is_granting_once(in_store: Store, charlie: Customer) -> None:
    product = make_product()
    assert give(charlie, product) == give(charlie, product)
    assert AccessEvent.objects.filter(what="granted").count() == 1


def test_a_late_replay_of_paid_does_not_undo_a_refund(in_store: Store, charlie: Customer) -> None:
    product = make_product()
    revoke(give(charlie, product), now=NOW, because="refunded")
    assert not give(charlie, product).is_live(NOW)


def test_access_across_two_stores_is_refused(
    in_store: Store, charlie: Customer, other_store: Store
) -> None:
    with store_scope(other_store):
        foreign = make_product()
    with pytest.raises(BelongsElsewhere):
        give(charlie, foreign)


def test_every_change_says_who_when_why_and_from_what(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    revoke(access, now=NOW, by="alice", because="refunded")
    event = AccessEvent.objects.get(what="revoked")
    assert (event.by, event.because, event.at) == ("alice", "refunded", NOW)
    assert event.before == {"revoked_at": None}
    assert event.after == {"revoked_at": NOW.isoformat()}


def test_setting_what_is_set_writes_no_second_event(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    for _ in range(2):
        suspend(access, now=NOW)
        set_end(access, NOW + timedelta(days=9), now=NOW)
    assert AccessEvent.objects.count() == 3


def test_revoking_takes_only_what_that_purchase_gave(in_store: Store, charlie: Customer) -> None:
    bundle, book, other = make_product("bundle", title="Both"), make_product(), make_product()
    include(bundle, book)
    include(bundle, other)
    bought_alone = give(charlie, book, Source("order_line", "alone"))
    given = grant_purchase(
        charlie, price=bundle.prices.get(), option="", source=Source("order_line", "2"), now=NOW
    )
    revoke(given[0], now=NOW)
    assert [each.product_id for each in given] == [bundle.pk, book.pk, other.pk]
    assert list(Access.objects.live(NOW)) == [bought_alone]


def test_a_failed_refund_restores_what_was_taken_with_its_children(
    in_store: Store, charlie: Customer
) -> None:
    bundle, book = make_product("bundle", title="Both"), make_product()
    include(bundle, book)
    given = grant_purchase(charlie, price=bundle.prices.get(), option="", source=LINE, now=NOW)
    revoke(given[0], now=NOW + timedelta(hours=1))
    restore(given[0], now=NOW + timedelta(hours=2))
    assert Access.objects.live(NOW + timedelta(hours=3)).count() == 2


def test_refunding_revokes_the_part_grant_it_paid_for_and_no_other(
    in_store: Store, charlie: Customer
) -> None:
    access = give(charlie)
    part = make_part(access.product)
    grant_part(charlie, part, source=LINE, now=NOW)
    favour = grant_part(charlie, part, source=Source("hand", "a favour"), now=NOW)
    revoke(access, now=NOW)
    assert list(PartGrant.objects.filter(revoked_at=None)) == [favour]


def test_a_length_of_twelve_weeks_ends_twelve_weeks_later(
    in_store: Store, charlie: Customer
) -> None:
    product = make_product(amount=None)
    price = make_price(product, length=Price.Length.PERIODS, length_count=12, length_unit="week")
    (access,) = grant_purchase(charlie, price=price, option="", source=LINE, now=NOW)
    assert access.ends_at == NOW + timedelta(weeks=12)
    assert not access.is_live(NOW + timedelta(weeks=12))


def test_paid_time_is_set_and_never_added(in_store: Store, charlie: Customer) -> None:
    access, month = give(charlie), NOW + timedelta(days=30)
    for _ in range(3):
        record_paid(access, source="in_1", starts_at=NOW, ends_at=month, now=NOW)
    assert access.paid_spans.count() == 1
    assert access.paid_through == month


def test_a_rest_is_no_paid_time_that_passed(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    pause(access, until=NOW + timedelta(days=30), now=NOW)
    assert not access.is_live(NOW + timedelta(days=3))
    resume(access, now=NOW + timedelta(days=5))
    assert access.is_live(NOW + timedelta(days=5))
    cut = access.span_cuts.get()
    assert (cut.starts_at, cut.ends_at) == (NOW, NOW + timedelta(days=5))


STEPS = st.lists(
    st.sampled_from(["grant", "suspend", "restore", "revoke", "pause", "resume"]), max_size=12
)


class SequencesOfChanges(TestCase):
    """A small model beside the services: what is live is the same in both, whatever the order."""

    @given(STEPS)
    @settings(max_examples=60, deadline=None)
    def test_any_sequence_ends_as_the_model_says_and_repeating_each_step_changes_nothing(
        self, steps: list[str]
    ) -> None:
        store = make_store("thread", make_user("alice@example.com"))
        with store_scope(store):
            customer = Customer.objects.create(user=make_user("charlie@example.com"))
            product = make_product()
            part = make_part(product)
            access = give(customer, product)
            suspended = revoked = paused = False
            for number, step in enumerate(steps, start=1):
                now = NOW + timedelta(hours=number)
                for _ in range(2):
                    if step == "grant":
                        give(customer, product)
                    elif step == "pause":
                        pause(access, until=NOW + timedelta(days=900), now=now)
                    else:
                        globals()[step](access, now=now)
                suspended = step == "suspend" or (suspended and step != "restore")
                revoked = step == "revoke" or (revoked and step != "restore")
                paused = step == "pause" or (paused and step != "resume")
                answer = may_open(Viewer(customer=customer), [part], now)[part]
                assert isinstance(answer, Open) == (not (suspended or revoked or paused)), step
            assert Access.objects.count() == 1
