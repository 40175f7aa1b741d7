"""A member's pages: this month, all months, a text; and who is kept out of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from access.contract import Source
from access.models import PartGrant
from access.services.granting import grant, revoke, set_end
from access.services.keys import make_part_key
from accounts.models import Customer
from content.services.places import finished_parts
from core import clock
from memberships.models import Club, Drop
from memberships.services import pieces
from memberships.services.months import add_month, give_out
from products.models import Part
from products.services.catalogue import set_status
from stores.models import Store
from tests.memberships.making import make_club

GROUP = "https://chat.example.com/us"


@pytest.fixture
def club(in_store: Store) -> Club:
    """A club in its third month, with a month ahead."""
    today = clock.local_day(clock.now(), in_store.zone)
    first = clock.add_months(today.replace(day=1), -2)
    made = make_club(slug="stitches", first_on=first, group_url=GROUP, group_name="The table")
    for number in range(1, 5):
        now = clock.now()
        drop = add_month(made, now)
        text = pieces.add_text(drop, title=f"Text {number}", text="A **needle**.", now=now)
        pieces.add_text(drop, title=f"More {number}", text="And a thread.", now=now)
        if number == 1:
            pieces.change(text, title=text.title, preview=True)
        give_out(drop, now)
    return made


@pytest.fixture
def member(club: Club, charlie: Customer, store: Store, browse) -> Client:
    since = clock.now() - timedelta(days=1)
    grant(charlie, product=club, source=Source("subscription", "s"), starts_at=since, now=since)
    return browse(store, charlie.user)


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def part(title: str) -> Part:
    return Part.objects.get(title=title)


def test_this_month_shows_one_next_step_and_the_group(member: Client, club: Club) -> None:
    page = body(member, "/clubs/stitches/")
    assert Drop.objects.get(number=3).part.title in page
    assert page.count('class="next"') == 1
    assert "Text 3" in page
    assert "Month 1 with us" in page
    assert GROUP in page
    assert Drop.objects.get(number=4).part.title in page  # what comes next, and when


def test_done_leads_to_the_next_piece_and_then_to_the_month(
    member: Client, charlie: Customer
) -> None:
    first, second = part("Text 3"), part("More 3")
    answer = member.post(f"/clubs/stitches/text/{first.public_id}/done/")
    assert answer.headers["Location"].endswith(f"/text/{second.public_id}/")
    member.post(f"/clubs/stitches/text/{second.public_id}/done/")
    assert finished_parts(charlie, {first.pk, second.pk}) == {first.pk, second.pk}
    assert "You have done all of it" in body(member, "/clubs/stitches/")


def test_a_text_is_cleaned_markdown(member: Client) -> None:
    assert "A <strong>needle</strong>." in body(
        member, f"/clubs/stitches/text/{part('Text 3').public_id}/"
    )


def test_all_months_are_listed_and_the_one_ahead_says_when(member: Client, club: Club) -> None:
    page = body(member, "/clubs/stitches/all/")
    for drop in Drop.objects.select_related("part"):
        assert drop.part.title in page
    assert page.count("locked</span>") == 1
    assert "Opens 1 " in page


def test_a_stranger_is_led_to_the_clubs_own_page_and_reads_only_what_is_open_to_anyone(
    club: Club, store: Store, browse
) -> None:
    visitor = browse(store)
    assert visitor.get("/clubs/stitches/").headers["Location"] == "/p/stitches/"
    every_month = body(visitor, "/clubs/stitches/all/")
    assert GROUP not in every_month
    assert every_month.count("open to anyone</span>") == 1
    assert "needle" in body(visitor, f"/clubs/stitches/text/{part('Text 1').public_id}/")
    for title in ("Text 2", "More 1"):
        path = f"/clubs/stitches/text/{part(title).public_id}/"
        assert visitor.get(path).status_code == 403
        assert visitor.post(f"{path}done/").status_code == 403


def test_the_group_is_gone_with_the_access(member: Client, charlie: Customer, club: Club) -> None:
    revoke(charlie.accesses.get(), now=clock.now())
    page = body(member, "/clubs/stitches/all/")
    assert GROUP not in page
    assert member.get("/clubs/stitches/").headers["Location"].endswith("/all/")


def test_who_left_reads_on_in_what_stays(member: Client, charlie: Customer, club: Club) -> None:
    set_end(charlie.accesses.get(), clock.now(), now=clock.now())
    month = part("Text 2").parent
    assert member.get(f"/clubs/stitches/{month.public_id}/").status_code == 403
    PartGrant.objects.create(customer=charlie, part=month, source_kind="subscription")
    assert "Text 2" in body(member, f"/clubs/stitches/{month.public_id}/")


def test_a_mailed_link_opens_its_month_without_signing_in_and_no_other(
    member: Client, charlie: Customer, store: Store, browse
) -> None:
    month = part("Text 3").parent
    secret = make_part_key(charlie, month, clock.now())
    guest = browse(store)
    page = guest.get(f"/k/{secret}/", follow=True).content.decode()
    assert "Text 3" in page
    other = part("Text 2").parent
    assert guest.get(f"/clubs/stitches/{other.public_id}/").status_code == 403


def test_what_is_not_given_out_is_seen_by_the_team_alone(
    member: Client, club: Club, store: Store, browse, alice
) -> None:
    drop = add_month(club, clock.now())
    path = f"/clubs/stitches/{drop.part.public_id}/"
    assert member.get(path).status_code == 404
    assert browse(store, alice).get(path).status_code == 200


def test_a_draft_is_not_there_for_others(club: Club, store: Store, browse, charlie) -> None:
    set_status(club, "draft")
    client = browse(store, charlie.user)
    for path in ("/clubs/stitches/", "/clubs/stitches/all/"):
        assert client.get(path).status_code == 404


def test_the_shelf_says_which_month_and_what_is_next(member: Client, club: Club) -> None:
    page = body(member, "/shelf/")
    title = Drop.objects.get(number=3).part.title
    assert escape(f"Month 1 with us · {title}") in page
    assert f"{title} is here" in page


def test_words_in_the_archive_are_found(member: Client, club: Club) -> None:
    page = body(member, f"{reverse('storefront:search')}?q=thread&in={club.public_id}")
    assert "More 2" in page
    assert "More 4" not in page


def test_the_page_of_the_club_says_what_stays_before_anybody_pays(
    club: Club, store: Store, browse
) -> None:
    page = body(browse(store), "/p/stitches/")
    assert "Open from the first day: 3 months." in page
    from tests.conftest import make_price

    make_price(club)
    page = body(browse(store), "/p/stitches/")
    assert "What came while you were a member stays yours after you leave." in page
    assert "Text 1" in page


def test_pages_ask_as_many_queries_for_thirty_months_as_for_four(
    member: Client, club: Club, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as found:
            body(member, "/clubs/stitches/all/")
        counts.append(len(found))
        for _number in range(20):
            drop = add_month(club, clock.now())
            pieces.add_text(drop, title="T", text="t", now=clock.now())
            give_out(drop, clock.now())
        body(member, "/clubs/stitches/all/")  # what the new version of the store costs once
    assert counts[1] <= counts[0] + 1
