"""Charlie's devices and the books on them, for the tests of the readers in Chromium."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from access.contract import Source
from access.services.granting import grant
from content.models import Progress
from content.services.files import keep_file
from content.services.judge import judge
from products.models import Part
from tests.conftest import NOW, make_product
from tests.content.library import make_part

PICTURES = Path(__file__).resolve().parents[2] / "var" / "pictures"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


class Reading:
    """Charlie's devices, and the books he bought."""

    def __init__(
        self, live_server: Any, browser: Any, client: Any, charlie: Any, into: Path
    ) -> None:
        self.origin = live_server.url.replace("localhost", "thread.localhost").replace(
            "127.0.0.1", "thread.localhost"
        )
        self.browser, self.client, self.charlie, self.into = browser, client, charlie, into
        self.contexts: list[Any] = []
        self.troubles: list[str] = []

    def book(self, content: bytes, *, preview: bool = False) -> Part:
        """A part with a judged file, bought by charlie unless it is open to anyone."""
        path = self.into / "upload"
        path.write_bytes(content)
        part = make_part(make_product(), preview=preview)
        keep_file(part, judge(path, into=self.into), original_name="book", now=NOW)
        if not preview:
            source = Source("order_line", part.public_id)
            grant(self.charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
        return part

    def open(self, part: Part, *, size: dict[str, int] | None = None, **options: Any) -> Any:
        """A new device at the reader's page, waiting until the book is there."""
        tab = self.device(size=size, **options)
        tab.goto(self.origin + reverse("content:read", args=[part.public_id]))
        tab.wait_for_selector("html[data-reader=ready]", timeout=20_000)
        return tab

    def device(self, *, size: dict[str, int] | None = None, **options: Any) -> Any:
        context = self.browser.new_context(
            viewport=size or PHONE, reduced_motion="reduce", **options
        )
        name = settings.SESSION_COOKIE_NAME
        value = self.client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": self.origin}])
        self.contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: self.troubles.append(str(error)))
        return tab


def kept(tab, act):
    """Do something in the reader and wait until the server has kept the place."""
    with tab.expect_response(lambda answer: answer.url.endswith("/place/")) as sent:
        act()
    assert sent.value.status == 204


def place_of(tab, part, until):
    """The place the server keeps, once it is the one that is waited for."""
    for _ in range(200):
        row = Progress.objects.filter(part=part).first()
        if row is not None and until(row):
            return row
        tab.wait_for_timeout(100)
    raise AssertionError(f"not kept: {row and (row.place, row.fraction)}")


def inside(tab):
    """The document of the book that is shown."""
    return [frame for frame in tab.frames if frame.url.startswith("blob:")][-1]


def picture(tab, name):
    """Keep a picture of what is seen, to be looked at by somebody."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = tab.viewport_size["width"]
    tab.screenshot(path=PICTURES / f"{name}-{width}.png")


def turn(tab, key, times=1):
    for _ in range(times):
        tab.keyboard.press(key)
        tab.wait_for_timeout(250)


def along(tab):
    return float(tab.locator("#along").evaluate("input => input.value"))
