"""What a reader of a page can ask for next: its links, and its forms as they would be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Ask:
    """One link, or one form with the texts that stand in it and its first button."""

    method: str
    url: str
    sent: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Ask] = []
        self.form: Ask | None = None
        self.has_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in said:
            self.found.append(Ask("get", said["href"]))
        elif tag == "form":
            self.form = Ask(said.get("method", "get").lower(), said.get("action", ""))
            self.found.append(self.form)
            self.has_button = False
        elif self.form and tag in {"input", "button"} and said.get("name"):
            self._typed(self.form, tag, said)
        for way in ("get", "post"):
            if said.get(f"hx-{way}"):
                self.found.append(Ask(way, said[f"hx-{way}"]))

    def _typed(self, form: Ask, tag: str, said: dict[str, str]) -> None:
        is_button = tag == "button" or said.get("type") == "submit"
        is_left = said.get("type") in {"checkbox", "radio", "file"} or "disabled" in said
        if not is_left and not (is_button and self.has_button):
            self.has_button |= is_button
            form.sent.setdefault(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def asks_of(body: str, page: str) -> Iterator[Ask]:
    """Yield what can be asked of this shop on a page that stands at ``page``."""
    reader = _Reader()
    reader.feed(body)
    for one in reader.found:
        whole = urljoin(f"http://thread.localhost{page}", one.url)
        parts = urlsplit(whole)
        is_ours = parts.scheme == "http" and parts.netloc == "thread.localhost"
        if is_ours and not parts.path.startswith("/static/"):
            query = f"?{parts.query}" if parts.query else ""
            yield Ask(one.method, f"{parts.path}{query}", one.sent)
