"""What a reader of a page can ask for next: its links, and its forms as they would be sent.

A form without a button only shows what is in it.
"""

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
    choices: set[str] = field(default_factory=set)
    """What is chosen and not typed: drop-downs, boxes, and what stands hidden in the form."""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Ask] = []
        self.form: Ask | None = None
        self.form_id = ""
        self.has_button = False
        self.select = self.textarea = ""
        self.sent_from_elsewhere: set[str] = set()
        self.silent: list[tuple[str, Ask]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "a" and "href" in said:
            self.found.append(Ask("get", said["href"]))
        elif tag == "form":
            self.form = Ask(said.get("method", "get").lower(), said.get("action", ""))
            self.form_id, self.has_button = said.get("id", ""), False
        elif tag in {"select", "textarea", "option"} and self.form:
            self._chosen(self.form, tag, said)
        elif tag in {"input", "button"}:
            self.sent_from_elsewhere.add(said.get("form", ""))
            if self.form:
                self._typed(self.form, tag, said)
        for way in ("get", "post"):
            if said.get(f"hx-{way}"):
                self.found.append(Ask(way, said[f"hx-{way}"]))

    def _typed(self, form: Ask, tag: str, said: dict[str, str]) -> None:
        sends = {"submit", ""} if tag == "button" else {"submit", "image"}
        is_button = said.get("type", "") in sends
        if tag == "button" and not is_button:
            return
        is_box = said.get("type") in {"checkbox", "radio"}
        is_left = (is_box and "checked" not in said) or said.get("type") == "file"
        is_left |= "disabled" in said
        if (is_box or said.get("type") == "hidden") and said.get("name"):
            form.choices.add(said["name"])
        if not is_left and not (is_button and self.has_button):
            self.has_button |= is_button
            if said.get("name"):
                form.sent.setdefault(said["name"], said.get("value", ""))

    def _chosen(self, form: Ask, tag: str, said: dict[str, str]) -> None:
        if tag == "select":
            self.select = said.get("name", "")
            form.choices.add(self.select)
        elif tag == "textarea":
            self.textarea = said.get("name", "")
            form.sent[self.textarea] = ""
        elif self.select and ("selected" in said or self.select not in form.sent):
            form.sent[self.select] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.form and self.textarea:
            self.form.sent[self.textarea] += data

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.textarea = "" if tag == "textarea" else self.textarea
        if tag == "form" and self.form:
            if self.has_button:
                self.found.append(self.form)
            else:
                self.silent.append((self.form_id, self.form))
            self.form = None

    def asks(self) -> list[Ask]:
        named = self.sent_from_elsewhere - {""}
        return [*self.found, *(form for name, form in self.silent if name in named)]


def asks_of(body: str, page: str) -> Iterator[Ask]:
    """Yield what can be asked of this shop on a page that stands at ``page``."""
    reader = _Reader()
    reader.feed(body)
    for one in reader.asks():
        whole = urljoin(f"http://thread.localhost{page}", one.url)
        parts = urlsplit(whole)
        is_ours = parts.scheme == "http" and parts.netloc == "thread.localhost"
        if is_ours and not parts.path.startswith("/static/"):
            query = f"?{parts.query}" if parts.query else ""
            yield Ask(one.method, f"{parts.path}{query}", one.sent, one.choices)
