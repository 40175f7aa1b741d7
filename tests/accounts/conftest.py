"""Codes, as somebody reads them in their mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import SignIn
from mail.services.sending import send_for_platform, send_for_store
from stores.models import Store
from stores.scope import store_scope

CODE = re.compile(r"^(\d{3})\s(\d{3}) is your code$")


@pytest.fixture
def read_code(mailoutbox: list[Any]) -> Callable[..., str]:
    """Send what waits and return the code in the newest mail of a store, or of the platform."""

    def read(store: Store | None) -> str:
        if store is None:
            send_for_platform()
        else:
            with store_scope(store):
                send_for_store()
        found = CODE.match(mailoutbox[-1].subject)
        assert found, mailoutbox[-1].subject
        return found[1] + found[2]

    return read


@pytest.fixture
def ask_at() -> Callable[..., SignIn]:
    """Ask for a code as a browser does and return the sign-in that waits."""

    def ask(client: Client, email: str, next_path: str = "") -> SignIn:
        answer = client.post("/sign-in/", {"email": email, "next": next_path})
        assert answer.status_code == 302, answer.content.decode()
        return SignIn.objects.get(public_id=answer.url.split("/")[-2])

    return ask
