"""Places of a team: given out by mail, taken once, taken back, closed with their money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from access.models import Access
from core import clock
from mail.models import Message
from payments.errors import CannotGive
from payments.models import Team, TeamPlace
from payments.services.fulfilment import settle
from payments.services.moving import may_mend, move_access, move_order
from payments.services.nightly.ours import compare_orders, order_alone
from payments.services.teams.claiming import claim, find_place, take_back, take_oneself
from payments.services.teams.inviting import invite, resend, withdraw
from payments.services.teams.standing import counts_of
from payments.services.teams.sweeping import stores_with_invitations, work_on_teams
from stores.models import Store
from tests.conftest import make_price, make_product
from tests.payments.buying import Shop
from tests.payments.teams.crew import customer, once, open_for, seat

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("in_store")


def test_a_paid_line_makes_its_places_and_opens_nothing_for_its_buyer() -> None:
    team = once(3)
    assert team.places.count() == 3
    assert team.manager.user.email == "charlie@example.com"
    assert not Access.objects.exists()
    assert Message.objects.filter(kind="team_ready").count() == 1


def test_each_bad_line_says_why_and_nothing_is_lost() -> None:
    team, now = once(3), clock.now()
    text = (
        "Dan Levi <DAN@example.com>\nno address\nmona@example.com; dan@example.com\n"
        ",nina@example.com\nlate@example.com"
    )
    done = invite(team, text, now=now)
    assert [(p.to_name, p.to_email) for p in done.places] == [
        ("Dan Levi", "dan@example.com"),
        ("", "mona@example.com"),
        ("", "nina@example.com"),
    ]
    assert done.left == "no address\ndan@example.com\nlate@example.com"
    assert [why.split()[0] for _line, why in done.troubles] == ["This", "This", "No"]
    assert counts_of(team).free == 0


def test_invited_twice_is_invited_once() -> None:
    team, now = once(3), clock.now()
    invite(team, "dan@example.com", now=now)
    assert not invite(team, "dan@example.com", now=now).places
    assert counts_of(team).offered == 1


def test_an_invitation_is_mailed_once_reminded_once_and_sent_again_when_asked(
    store: Store,
) -> None:
    team, now = once(3), clock.now()
    (place,) = invite(team, "dan@example.com", now=now).places
    assert stores_with_invitations(now) == [store.pk]
    for _twice in range(2):
        work_on_teams(now)
    assert Message.objects.filter(kind="team_invitation", to_address="dan@example.com").count() == 1
    with pytest.raises(CannotGive, match="moment ago"):
        resend(place, now=now)
    resend(place, now=now + DAY)
    work_on_teams(now + DAY)
    assert Message.objects.filter(kind="team_invitation").count() == 2
    for _twice in range(2):
        work_on_teams(now + 7 * DAY)
    assert Message.objects.filter(kind="team_waiting").count() == 1


def test_a_place_is_taken_once() -> None:
    team, now = once(3), clock.now()
    (place,) = invite(team, "dan@example.com", now=now).places
    dan, mona = customer("dan"), customer("mona")
    assert claim(place, dan, now=now) == claim(place, dan, now=now)
    with pytest.raises(CannotGive, match="accepted already"):
        claim(place, mona, now=now)
    assert len(open_for(dan)) == 1
    assert not open_for(mona)
    assert Message.objects.filter(kind="team_accepted", to_address="charlie@example.com").exists()


def test_nobody_takes_two_places_of_a_team() -> None:
    team, dan, now = once(3), customer("dan"), clock.now()
    seat(team, dan)
    (place,) = invite(team, "other@example.com", now=now).places
    with pytest.raises(CannotGive, match="already"):
        claim(place, dan, now=now)
    assert not invite(team, "dan@example.com", now=now).places


def test_a_withdrawn_invitation_opens_nothing_and_frees_its_place() -> None:
    team, now = once(1), clock.now()
    (place,) = invite(team, "dan@example.com", now=now).places
    old_key = place.key
    withdraw(place, now=now)
    assert find_place(place.public_id, old_key) is None
    with pytest.raises(CannotGive, match="taken back"):
        claim(place, customer("dan"), now=now)
    (again,) = invite(team, "mona@example.com", now=now).places
    assert again.pk == place.pk
    assert again.key != old_key


def test_a_place_taken_back_closes_and_goes_to_somebody_else() -> None:
    team, dan, mona = once(1), customer("dan"), customer("mona")
    place, now = seat(team, dan), clock.now() + DAY
    take_back(place, now=now)
    assert not open_for(dan, now)
    assert Access.objects.get(customer=dan).revoked_at is None, "what they keep stays"
    assert Message.objects.filter(kind="team_place_over", to_address="dan@example.com").exists()
    seat(team, mona, now)
    assert open_for(mona, now)
    with pytest.raises(CannotGive):
        take_back(place, now=now)
    assert open_for(mona, now), "an old page takes nothing from who has it now"


def test_who_comes_back_gets_a_place_again() -> None:
    team, dan = once(1), customer("dan")
    place, now = seat(team, dan), clock.now() + DAY
    take_back(place, now=now)
    seat(team, dan, now)
    assert open_for(dan, now)


def test_the_next_one_has_the_time_that_is_left() -> None:
    team = once(1, length="periods", length_count=3, length_unit="month")
    dan, mona = customer("dan"), customer("mona")
    place = seat(team, dan)
    ends = place.ends_at
    assert ends is not None
    later = clock.now() + 30 * DAY
    take_back(place, now=later)
    seat(team, mona, later)
    assert Access.objects.get(customer=mona).ends_at == ends
    place.refresh_from_db()
    take_back(place, now=ends)
    (again,) = invite(team, "late@example.com", now=ends + DAY).places
    with pytest.raises(CannotGive, match="passed"):
        claim(again, customer("late"), now=ends + DAY)


def test_the_time_of_each_place_begins_when_it_is_taken() -> None:
    team = once(2, length="periods", length_count=3, length_unit="month")
    seat(team, customer("dan"))
    later = clock.now() + 40 * DAY
    seat(team, customer("mona"), later)
    ends = list(Access.objects.order_by("pk").values_list("ends_at", flat=True))
    assert timedelta(days=36) < ends[1] - ends[0] < timedelta(days=42)


def test_a_manager_hears_once_that_the_time_ends() -> None:
    team = once(1, length="periods", length_count=1, length_unit="month")
    place = seat(team, customer("dan"))
    assert place.ends_at is not None
    for _twice in range(2):
        work_on_teams(place.ends_at - 10 * DAY)
    assert Message.objects.filter(kind="team_ends", to_address="charlie@example.com").count() == 1


def test_the_manager_takes_one_too() -> None:
    team, now = once(2), clock.now()
    assert take_oneself(team, now=now) == take_oneself(team, now=now)
    assert open_for(team.manager)
    assert counts_of(team).taken == 1
    assert not Message.objects.filter(kind="team_accepted").exists()


def test_a_refund_of_the_line_closes_all_places() -> None:
    team, dan = once(2), customer("dan")
    place = seat(team, dan)
    (offered,) = invite(team, "mona@example.com", now=clock.now()).places
    order = team.line.order
    order.payments.create(
        provider="stripe", payment_intent="pi", amount=9800, currency="USD", paid_at=clock.now()
    )
    payment = order.payments.get()
    payment.refunds.create(amount=9800, currency="USD", state="succeeded", line=team.line)
    settle(order, clock.now())
    assert not open_for(dan)
    assert Access.objects.get(customer=dan).revoked_at is not None
    with pytest.raises(CannotGive, match="given back"):
        claim(offered, customer("mona"), now=clock.now())
    payment.refunds.update(state="failed")
    settle(order, clock.now())
    assert open_for(dan)
    assert place.source == Access.objects.get(customer=dan).source_id


def test_an_order_that_moves_takes_its_team_along_and_a_place_its_holder() -> None:
    team, now = once(2), clock.now()
    move_order(team.line.order, "mona@example.com", by="Alice", now=now)
    team.refresh_from_db()
    assert team.manager.user.email == "mona@example.com"
    assert Message.objects.filter(kind="team_ready", to_address="mona@example.com").exists()
    place = seat(team, customer("dan"))
    (access,) = Access.objects.all()
    move_access(access, "nina@example.com", by="Alice", now=now)
    place.refresh_from_db()
    assert place.claimed_by is not None
    assert place.claimed_by.user.email == "nina@example.com"
    assert not may_mend(team.line.order), "nobody takes a team along that is given out"


def test_the_night_finds_a_place_without_access() -> None:
    team = once(2)
    place = seat(team, customer("dan"))
    assert not compare_orders(order_alone(team.line.order_id), clock.now())
    TeamPlace.objects.filter(pk=place.pk).update(round=7)
    kinds = [each.kind for each in compare_orders(order_alone(team.line.order_id), clock.now())]
    assert kinds == ["access_missing"]


def test_bought_on_the_page_with_a_number_and_given_out_on_another(
    shop: Shop, store: Store, browse: Callable[..., Client]
) -> None:
    make_price(make_product(title="Other", amount=None), amount=100)
    shop.price.kind, shop.price.interval = "one_time", ""
    shop.price.save()
    page = shop.client.get(f"{shop.url}?seats=4").content.decode()
    assert 'value="4"' in page
    assert "× 4" in page
    refused = shop.send(seats="99")
    assert refused.status_code == 422
    order = shop.buy(seats="4")
    line = order.lines.get()
    assert (line.quantity, line.total, order.total) == (4, 4 * 5900, 4 * 5900)
    team = Team.objects.get()
    charlie = browse(store, team.manager.user)
    url = f"/team/{team.public_id}/"
    assert "0 of 4 places taken" in charlie.get(url).content.decode()
    reply = charlie.post(f"{url}invite/", {"addresses": "dan@example.com\nnobody"})
    assert reply.status_code == 422
    assert "nobody" in reply.content.decode()
    place = team.places.offered().get()
    dan = customer("dan")
    link = f"/place/{place.public_id}/{place.key}/"
    assert "/sign-in/" in browse(store).post(f"{link}claim/")["Location"]
    guest = browse(store, dan.user)
    assert "invites you" in guest.get(link).content.decode()
    assert guest.post(f"{link}claim/").status_code == 302
    assert open_for(dan)
    assert "dan@example.com" in charlie.get(url).content.decode()
    assert guest.get(url).status_code == 404, "a member sees only their place"
    took = charlie.post(f"{url}places/{place.public_id}/take-back/")
    assert took.status_code == 302
    assert not open_for(dan)


@pytest.mark.parametrize("page", ["", "claim/"])
def test_a_forged_or_free_place_is_none(
    page: str, store: Store, browse: Callable[..., Client]
) -> None:
    team = once(1)
    place = team.places.get()
    client = browse(store)
    for key in ("0" * 32, place.key):
        url = f"/place/{place.public_id}/{key}/{page}"
        response = client.post(url) if page else client.get(url)
        assert response.status_code == 404
