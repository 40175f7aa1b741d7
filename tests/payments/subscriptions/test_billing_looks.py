"""The pages of what is paid again and again, looked at: both languages, phone and desk, by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.resting import rest
from payments.services.subscriptions.terms import store_terms
from stores.models import Store
from stores.scope import store_scope
from tests.payments.subscriptions.member import Member
from tests.plugins.browser import axe_violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]
LOOKS = [
    pytest.param({"width": 360, "height": 740}, "light", "/he", id="phone-he"),
    pytest.param({"width": 1280, "height": 800}, "dark", "", id="desk-dark"),
]


@pytest.fixture
def seen(
    live_server: Any, browser: Any, browse: Callable[..., Client], store: Store, request: Any
) -> Any:
    """Return how a person's pages are opened, judged and closed again."""
    origin = live_server.url.replace("localhost", "thread.localhost")
    contexts = []

    def look(user: User, paths: list[str], size: dict[str, int], scheme: str) -> None:
        context = browser.new_context(viewport=size, color_scheme=scheme)
        contexts.append(context)
        cookies = browse(store, user).cookies
        context.add_cookies(
            [{"name": key, "value": each.value, "url": origin} for key, each in cookies.items()]
        )
        page: Page = context.new_page()
        for path in paths:
            answer = page.goto(origin + path)
            assert answer is not None
            assert answer.status == 200, path
            assert axe_violations(page) == [], path
            width = "document.documentElement.scrollWidth <= window.innerWidth"
            assert page.evaluate(width), path

    yield look
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("size", "scheme", "prefix"), LOOKS)
def test_every_page_is_sound(
    member: Member, seen: Any, alice: User, size: dict[str, int], scheme: str, prefix: str
) -> None:
    Store.objects.update(languages=["en", "he"])
    row = member.join()
    with store_scope(member.shop.store):
        store_terms()
    user, own = row.customer.user, f"{prefix}/billing/{row.public_id}/"
    desk = f"{prefix}/admin/payments/subscription/"
    one = f"{desk}{row.pk}/"
    seen(user, [f"{prefix}/billing/", own, f"{own}leave/"], size, scheme)
    acts = [f"{one}{name}/" for name in ("leave", "end", "rest", "sync")]
    seen(alice, [desk, f"{one}change/", *acts], size, scheme)
    seen(alice, [f"{prefix}/admin/payments/subscriptionterms/"], size, scheme)
    with member.there():
        rest(row, 1, now=member.now)
    seen(user, [own, f"{own}now/"], size, scheme)
    with member.there():
        leave_at_end(row, now=member.now)
    seen(user, [own, f"{own}now/"], size, scheme)
    seen(alice, [f"{one}change/", f"{one}stay/"], size, scheme)
