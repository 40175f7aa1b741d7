"""Shop window → Mails, as the staff use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from mail.models import Choice, Wording
from stores.models import LogEntry, Staff, Store
from stores.roles import Role
from stores.scope import store_scope

Browse = Callable[..., Client]
PAGE = "/admin/mail/wording/words/?kind=receipt&language=en"
PREVIEW = "/admin/mail/wording/preview/?kind=receipt&language=en"
BACK = "/admin/mail/wording/back/?kind=receipt&language=en"
MINE = {"subject": "Thank you, {customer_name}", "text": "Yours.\n\n{links}\n\n{shelf_url}"}


@pytest.fixture
def alices(browse: Browse, store: Store, alice: User) -> Client:
    return browse(store, alice)


def kept(store: Store) -> list[str]:
    with store_scope(store):
        return list(Wording.objects.values_list("subject", flat=True))


def as_role(browse: Browse, store: Store, role: Role) -> Client:
    user = User.objects.create_user(f"{role}@example.com")
    with store_scope(store):
        Staff.objects.create(user=user, name=role, role=role)
    return browse(store, user)


def test_the_list_says_when_each_mail_is_sent_and_whose_words_it_has(
    alices: Client, store: Store
) -> None:
    alices.post(PAGE, MINE)
    page = alices.get("/admin/mail/wording/").content.decode()
    assert "When an order is paid" in page
    assert page.count('<span class="state good">in your words</span>') == 1
    assert "platform" not in page


def test_the_page_begins_with_our_words_and_shows_them(alices: Client) -> None:
    page = alices.get(PAGE).content.decode()
    assert "Receipt for order {number}" in page
    assert "Receipt for order 1042 from Thread" in page
    assert "Back to our words" not in page


def test_saving_keeps_the_stores_words_and_writes_it_down(alices: Client, store: Store) -> None:
    assert alices.post(PAGE, MINE).status_code == 302
    assert kept(store) == [MINE["subject"]]
    assert "Thank you, Noa Levi" in alices.get(PAGE).content.decode()
    with store_scope(store):
        assert LogEntry.objects.get().subject.startswith("receipt")


def test_what_is_refused_is_not_kept_and_nothing_typed_is_lost(
    alices: Client, store: Store
) -> None:
    page = alices.post(PAGE, {"subject": "Hi {totl}", "text": "My own long text"}).content.decode()
    assert "Hi {totl}" in page
    assert "My own long text" in page
    assert "{total}" in page
    assert "This mail needs {links}" in page
    assert kept(store) == []


@pytest.mark.parametrize("field", ["subject", "text"])
def test_empty_or_endless_words_are_refused(alices: Client, store: Store, field: str) -> None:
    for typed in ("", "  ", "x" * 7000):
        assert alices.post(PAGE, MINE | {field: typed}).status_code == 200
    assert kept(store) == []


def test_looking_first_keeps_nothing(alices: Client, store: Store) -> None:
    page = alices.post(PREVIEW, MINE).content.decode()
    assert "Thank you, Noa Levi" in page
    assert "Not saved yet" in page
    assert kept(store) == []


def test_markup_typed_is_text_in_the_page_and_in_the_frame(alices: Client) -> None:
    hostile = MINE | {"text": MINE["text"] + "\n\n<script>alert(1)</script>"}
    page = alices.post(PREVIEW, hostile).content.decode()
    assert "<script>alert(1)" not in page
    assert "&amp;lt;script&amp;gt;alert(1)" in page


def test_back_to_ours_asks_first_and_does_it_once(alices: Client, store: Store) -> None:
    alices.post(PAGE, MINE)
    assert alices.get(BACK).status_code == 200
    assert kept(store) == [MINE["subject"]]
    alices.post(BACK)
    assert alices.post(BACK).status_code == 302
    assert kept(store) == []


def test_each_language_of_the_store_has_its_own_words(
    alices: Client, store: Store, in_store: Store
) -> None:
    hebrew = "/admin/mail/wording/words/?kind=receipt&language=he"
    assert alices.get(hebrew).status_code == 404
    Store.objects.filter(pk=store.pk).update(languages=["he"])
    assert "קבלה על הזמנה" in alices.get(hebrew).content.decode()
    assert alices.get("/admin/mail/wording/words/?kind=sale&language=he").status_code == 404


@pytest.mark.parametrize("kind", ["platform-sign-in", "nothing", "../x"])
def test_a_kind_that_is_no_stores_is_not_found(alices: Client, kind: str) -> None:
    url = f"/admin/mail/wording/words/?kind={kind}&language=en"
    assert alices.get(url).status_code == 404


def test_who_may_not_see_mails_cannot_change_them(browse: Browse, store: Store) -> None:
    author = as_role(browse, store, Role.AUTHOR)
    for url in (PAGE, PREVIEW, BACK):
        assert author.post(url, MINE).status_code == 403
    assert kept(store) == []


def test_anybody_of_the_team_chooses_which_mails_come_to_them(
    browse: Browse, store: Store, alice: User
) -> None:
    coach = as_role(browse, store, Role.COACH)
    page = coach.get("/admin/mail/wording/mine/").content.decode()
    assert 'value="morning"' in page
    assert 'value="sale"' not in page
    coach.post("/admin/mail/wording/mine/", {"kinds": ["morning"]})
    assert coach.post("/admin/mail/wording/mine/", {"kinds": ["sale"]}).status_code == 200
    with store_scope(store):
        assert list(Choice.objects.filter(is_wanted=True).values_list("kind", flat=True)) == [
            "morning"
        ]


@pytest.mark.parametrize(("language", "way"), [("en", "ltr"), ("he", "rtl")])
def test_the_words_are_typed_in_the_direction_of_their_mail(
    alices: Client, store: Store, language: str, way: str
) -> None:
    store.languages = ["en", "he"]
    store.save()
    page = alices.get(f"/admin/mail/wording/words/?kind=sign-in&language={language}")
    fields = page.content.decode().split('name="subject"', 1)[1].split("</textarea>")[0]
    assert fields.count(f'dir="{way}"') == 2


def test_an_example_code_is_written_as_a_real_one(alices: Client, in_store: Store) -> None:
    """Of two numbers with a plain space between, Hebrew shows the second one first."""
    page = alices.get("/admin/mail/wording/words/?kind=sign-in&language=en").content.decode()
    assert "482\u00a0913 is your code" in page
