"""One visit to the console: what it looks at, and the frame around every page of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.control import Control
from sandbox.pages.html import Child, Markup, document, tag
from sandbox.wire import Request, Response, html_response
from sandbox.world import World

SHOWN = 50
PRETEND = "Pretend money: this is no bank."
PLACES = (
    ("/_console", "Overview"),
    ("/_console/objects", "Objects"),
    ("/_console/events", "Events"),
    ("/_console/deliveries", "Deliveries"),
    ("/_console/calls", "API calls"),
)


@dataclass(frozen=True)
class Desk:
    """The sandbox and its levers, as one request sees them."""

    world: World
    control: Control
    request: Request

    def asked(self, name: str) -> str:
        """Return a field of the address's query."""
        return self.request.query_fields().get(name, "")

    def before(self) -> int:
        """Return the number below which a list goes on; all when it begins."""
        text = self.asked("before")
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else 2**62  # noqa: PLR2004  what SQLite counts to

    def page(self, title: str, *content: Child, status: int = 200) -> Response:
        """Answer with a page of the console."""
        body = tag("main", tag("h1", title), *content, class_="console")
        return html_response(
            document(f"{title} · Sandbox", _banner(), self._menu(), body), status=status
        )

    def _menu(self) -> Markup:
        places = [
            tag(
                "a",
                name,
                href=path,
                aria_current="page" if path == self.request.path else None,
            )
            for path, name in PLACES
        ]
        now = f"Its clock shows {moment(self.world.now())} UTC"
        return tag(
            "nav", places, tag("span", now, class_="clock"), class_="menu", aria_label="The sandbox"
        )


def _banner() -> Markup:
    return tag("header", PRETEND, class_="pretend")


def moment(seconds: float) -> str:
    """Return the time as it is written in tables, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def object_link(identity: str) -> Markup:
    """Return a link to the page of an object."""
    return tag("a", tag("code", identity), href=f"/_console/object/{identity}")


def table(heads: tuple[str, ...], rows: list[list[Child]]) -> Markup:
    """Return a table; on a narrow screen each row is a small card that names its cells."""
    if not rows:
        return tag("p", "None yet.", class_="quiet")
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    body = [
        tag(
            "tr",
            [tag("td", cell, data_label=name) for name, cell in zip(heads, row, strict=True)],
        )
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="wide")


def older(path: str, oldest: int | None) -> Markup | None:
    """Return the link to what a list did not show any more."""
    if oldest is None:
        return None
    mark = "&" if "?" in path else "?"
    return tag("p", tag("a", "Older", href=f"{path}{mark}before={oldest}"))
