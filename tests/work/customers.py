"""People with browsers who buy, and send a page again when it does not answer."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode

from sandbox.testing import LiveSandbox
from tests.payments.buying import ATTEMPT
from tests.work.servers import PATIENCE

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
SESSION = re.compile(r"cs_test_\w+")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Answer(NamedTuple):
    """What a browser got."""

    status: int
    location: str
    body: str


@dataclass
class Street:
    """The way to one store: who walks there, and what did not answer."""

    port: int
    label: str
    price: str
    sandbox: LiveSandbox
    unanswered: list[str] = field(default_factory=list)
    sold: list[str] = field(default_factory=list)
    """The orders of everyone who got to read."""
    _lock: Lock = field(default_factory=Lock)

    def buy(self, number: int) -> str:
        """Buy as customer ``number`` from beginning to end; return the order."""
        browser = Browser(self, number)
        path = f"/buy/{self.price}/"
        page = browser.until_it_is(200, path)
        typed = {
            "email": f"person{number}@example.com",
            "name": f"Person {number}",
            "terms": "on",
            "attempt": _found(ATTEMPT, page.body),
            "csrfmiddlewaretoken": _found(TOKEN, page.body),
        }
        sent = browser.until_it_is(302, path, typed)
        session = self.sandbox.pay(_found(SESSION, sent.location))
        order = str(session["client_reference_id"])
        browser.until_it_is(200, f"/orders/{order}/return/?session_id={session['id']}")
        with self._lock:
            self.sold.append(order)
        return order


class Browser:
    """One browser with its cookies, from an address of its own."""

    def __init__(self, street: Street, number: int) -> None:
        self.street, self.address = street, f"127.0.1.{number + 1}"
        self.cookies: dict[str, str] = {}

    def until_it_is(self, status: int, path: str, typed: dict[str, str] | None = None) -> Answer:
        """Ask, and ask the same again for as long as the shop is out of order."""
        give_up_at = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.ask(path, typed)
            except (OSError, HTTPException) as error:
                complaint = repr(error)
            else:
                if answer.status == status:
                    return answer
                assert answer.status >= 500, (path, answer)
                complaint = f"{path} {answer.status}"
            self.street.unanswered.append(complaint)
            assert time.monotonic() < give_up_at, complaint
            time.sleep(0.3)

    def ask(self, path: str, typed: dict[str, str] | None) -> Answer:
        """Send a form, or only look."""
        way = HTTPConnection(
            "127.0.0.1", self.street.port, timeout=30, source_address=(self.address, 0)
        )
        headers = {
            "Host": f"{self.street.label}.localhost:{self.street.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        try:
            if typed is None:
                way.request("GET", path, headers=headers)
            else:
                way.request("POST", path, urlencode(typed), headers | FORM)
            response = way.getresponse()
            body = response.read().decode()
        finally:
            way.close()
        for cookie in response.msg.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), body)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, text
    return found.group(found.lastindex or 0)
