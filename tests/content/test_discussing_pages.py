"""Discussions and the full shelf in Chromium: whole at every width, and nothing for axe to find."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.contract import Source, Viewer
from access.services.granting import grant
from accounts.models import Customer, User
from content.models import Thread
from content.services import discussion
from content.services.discussion import Words
from core import clock
from stores.models import Store
from tests.conftest import NOW, make_product, make_user
from tests.content.library import make_asset, make_part
from tests.content.reading import DESK, PHONE, Reading
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEBREW = "האם התך **מחזיק** בפשתן?\n\n- עבה\n- דק\n\nhttps://example.com/" + "linen" * 20


def talk(charlie: Customer, count: int) -> Thread:
    """A discussed book of charlie's among others, with a question answered and replied to."""
    parts = []
    for number in range(count):
        part = make_asset(make_part(make_product(title=f"A long title {number}"), kind="epub")).part
        source = Source("hand", f"s{number}")
        grant(charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
        parts.append(part)
    discussion.set_state(parts[0].product, "on")
    ruth = Customer.objects.create(user=make_user("ruth@example.com"), name="רות")
    source = Source("hand", "ruth")
    grant(ruth, product=parts[0].product, source=source, starts_at=NOW, now=NOW)
    entered = [
        discussion.enter(Viewer(customer=who), parts[0].product, clock.now())
        for who in (ruth, charlie)
    ]
    rooms = [room for room in entered if room is not None]
    thread = discussion.ask(rooms[0], parts[0], Words(HEBREW, "רות"), now=clock.now())
    discussion.answer(thread, "Yes, @רות.", by="Noa", now=clock.now())
    discussion.reply(rooms[1], thread, Words("Thanks!", "Charlie"), now=clock.now())
    return thread


def faults(tab: Any, url: str) -> list[str]:
    tab.goto(url)
    wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*axe_violations(tab), *(["wider than the screen"] if wide else [])]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["he", "en"])
def test_pages_of_a_discussion_and_a_full_shelf_are_whole(
    reading: Reading, charlie: Customer, store: Store, size: Any, language: str
) -> None:
    thread = talk(charlie, 12)
    Store.objects.filter(pk=store.pk).update(language=language)
    scheme = "dark" if language == "he" else "light"
    tab = reading.device(size=size, color_scheme=scheme)
    part = thread.part.public_id
    for url in ("/shelf/", f"/questions/{part}/", f"/question/{thread.public_id}/"):
        assert faults(tab, reading.origin + url) == [], url


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_questions_in_the_admin_are_whole(
    reading: Reading, charlie: Customer, store: Store, alice: User, browse: Any, size: Any
) -> None:
    thread = talk(charlie, 1)
    staff: Client = browse(store, alice)
    reading.client = staff
    tab = reading.device(size=size)
    for url in (
        reverse("admin:content_thread_changelist"),
        reverse("admin:content_thread_change", args=[thread.pk]),
    ):
        assert faults(tab, reading.origin + url) == [], url
