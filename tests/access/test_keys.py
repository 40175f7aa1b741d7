from datetime import timedelta

import pytest
import time_machine

from access.errors import KeyIsUsedUp
from access.middleware import PASS
from access.models import PartKey
from access.services.granting import revoke
from access.services.keys import LASTS, keys_of, make_part_key, name_of, use_part_key
from access.services.openings import record_opening
from accounts.models import Customer, User
from core import clock
from products.models import Part
from stores.models import Store
from tests.access.test_granting import give, make_part
from tests.conftest import NOW


@pytest.fixture
def part(in_store: Store, charlie: Customer) -> Part:
    return make_part(give(charlie).product)


def test_a_key_opens_its_part_in_three_browsers_and_no_fourth(
    part: Part, charlie: Customer
) -> None:
    secret = make_part_key(charlie, part, NOW)
    for browser in ("a", "b", "c", "a"):
        assert use_part_key(secret, browser=browser, now=NOW).part == part
    with pytest.raises(KeyIsUsedUp):
        use_part_key(secret, browser="d", now=NOW)


def test_a_key_ends_after_thirty_days(part: Part, charlie: Customer) -> None:
    secret = make_part_key(charlie, part, NOW)
    with pytest.raises(KeyIsUsedUp):
        use_part_key(secret, browser="a", now=NOW + LASTS)


def test_the_secret_itself_is_not_kept(part: Part, charlie: Customer) -> None:
    secret = make_part_key(charlie, part, NOW)
    assert secret not in str(PartKey.objects.values().get())


@pytest.mark.parametrize("guess", ["x", "0" * 43, "' OR 1=1 --", "%00", "\u05d0"])
def test_a_guessed_key_opens_nothing(guess: str, browse, store: Store, part: Part) -> None:
    assert browse(store).get(f"/k/{guess}/").status_code == 410


def test_a_mailed_link_opens_the_part_and_signs_nobody_in(
    browse, store: Store, part: Part, charlie: Customer
) -> None:
    with time_machine.travel(NOW + timedelta(hours=1)):
        secret = make_part_key(charlie, part, NOW)
        client = browse(store)
        answer = client.get(f"/k/{secret}/")
        assert answer.headers["Location"] == f"/read/{part.public_id}/"
        assert "for good" in client.get(f"/why/{part.public_id}/").content.decode()
        assert client.get("/account/").status_code == 302


def test_a_mailed_link_closes_with_the_refund(
    browse, store: Store, part: Part, charlie: Customer
) -> None:
    with time_machine.travel(NOW + timedelta(hours=1)):
        client = browse(store)
        client.get(f"/k/{make_part_key(charlie, part, NOW)}/")
        revoke(charlie.accesses.get(), now=NOW)
        assert "cancelled" in client.get(f"/why/{part.public_id}/").content.decode()


def test_a_guest_pass_ends_after_a_day(browse, store: Store, part: Part, charlie: Customer) -> None:
    access = charlie.accesses.get()
    client = browse(store)
    client.get("/sign-in/")
    session = client.session
    session[PASS] = {str(access.pk): (NOW + timedelta(hours=24)).isoformat()}
    session["store"] = store.public_id
    session.save()
    client.cookies["sessionid"] = session.session_key
    with time_machine.travel(NOW + timedelta(hours=23)):
        assert "for good" in client.get(f"/why/{part.public_id}/").content.decode()
    with time_machine.travel(NOW + timedelta(hours=25)):
        assert "for good" not in client.get(f"/why/{part.public_id}/").content.decode()


def test_the_first_opening_stands_and_the_last_moves_on(in_store: Store, charlie: Customer) -> None:
    access = give(charlie)
    for minutes in (0, 1, 10):
        record_opening(access.pk, NOW + timedelta(minutes=minutes))
    access.refresh_from_db()
    assert access.first_opened_at == NOW
    assert access.last_opened_at == NOW + timedelta(minutes=10)


def test_a_customer_ends_one_link_and_nobody_elses(
    store: Store, part: Part, charlie: Customer, dana: User, browse
) -> None:
    stays, ends = (make_part_key(charlie, part, clock.now()) for _each in range(2))
    hers = Customer.objects.create(user=dana)
    other = make_part_key(hers, part, clock.now())
    client = browse(store, charlie.user)
    for owner in (charlie, hers):
        newest = keys_of(owner, clock.now())[0]
        client.post("/account/links/end/", {"link": name_of(newest)})
    answers = [browse(store).get(f"/k/{secret}/").status_code for secret in (stays, ends, other)]
    assert answers == [302, 410, 302]


def test_a_customer_ends_the_links_in_their_mails(
    store: Store, part: Part, charlie: Customer, browse
) -> None:
    secret = make_part_key(charlie, part, clock.now())
    client = browse(store, charlie.user)
    assert part.product.title in client.get("/account/links/").content.decode()
    client.post("/account/links/end/")
    assert browse(store).get(f"/k/{secret}/").status_code == 410
