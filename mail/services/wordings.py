"""A store's own wording of a kind of mail: where it starts, what it may and must hold, keeping it.

Our own texts are templates with loops and conditions; a store's are plain paragraphs. The bridge
is ``our_words``: our text template, filled with each placeholder's name in braces. A list puts its
name where its loop stood. ``docs/mail.md`` tells a kind's author what follows from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.utils.translation import override

from mail.contract import ALWAYS, SAMPLES, WORDS
from mail.models import Wording
from mail.rules import header_line, tidy
from mail.services.composing import is_link, names_in
from stores.models import Store
from stores.slots import MailKind, mail_kinds

LONGEST_SUBJECT = 150
LONGEST_TEXT = 6000
LINKS = ("links", "code")
"""Named like links, these are what their mail is for."""
EXAMPLE_COUNT = 3
FIRST_NUMBER = 9_000_000_001
"""Stands in for a counted placeholder, which our templates need as a number."""
_COUNTED = re.compile(r"\bcount\s+\w+=(\w+)\b(?!\|)")
_LABELLED = re.compile(r"^([^\n{}.:]{1,40}):?\n\{(\w*url)\}$", re.MULTILINE)
"""Our texts name a link on the line above it."""
_LOOP = "\ue000"
_LOOPED = re.compile(f"{_LOOP}(\\w+){_LOOP}(?:.*{_LOOP}\\1{_LOOP})?")


@dataclass(frozen=True)
class Words:
    """A subject and a text, ours or a store's."""

    subject: str
    text: str


@dataclass(frozen=True)
class Trouble:
    """Why a wording cannot be kept: in which field, in a sentence."""

    field: str
    sentence: str


@dataclass
class Named:
    """A placeholder inside our own template: prints its name, and its name where it is looped."""

    name: str
    columns: set[str] = field(default_factory=set)
    is_list: bool = False

    def __str__(self) -> str:
        return f"{{{self.name}}}"

    def __iter__(self) -> Iterator[Item]:
        self.is_list = True
        yield Item(self, f"{_LOOP}{self.name}{_LOOP}")

    def __getitem__(self, key: str) -> Item:
        if key == "0":
            self.is_list = True
        else:
            self.columns.add(key)
        return Item(self, str(self))


@dataclass
class Item:
    """One of a list, or anything asked of it."""

    of: Named
    printed: str

    def __str__(self) -> str:
        return self.printed

    def __getitem__(self, key: str) -> Item:
        self.of.columns.add(key)
        return self

    def __iter__(self) -> Iterator[Item]:
        yield self


def rewordable() -> list[MailKind]:
    """Return the kinds a store may put in its own words."""
    return [kind for kind in mail_kinds.all() if not kind.of_platform]


def allowed(kind: MailKind) -> list[str]:
    """Return the placeholders of a kind."""
    return list(dict.fromkeys((*kind.placeholders, *ALWAYS)))


def our_words(kind: MailKind, language: str) -> Words:
    """Return our own wording in a language, with placeholders: where a store's begins."""
    return _spelled(kind, language)[0]


def required(kind: MailKind, language: str) -> list[str]:
    """Return what no wording of a kind may lack: what it says, or every link of our own text."""
    if kind.required is not None:
        return list(kind.required)
    words, named = _spelled(kind, language)
    return [
        name
        for name in names_in(words.text)
        if is_link(name) or name in LINKS or (name in named and "url" in named[name].columns)
    ]


def troubles(kind: MailKind, language: str, words: Words) -> list[Trouble]:
    """Return why this wording cannot be kept; nothing when it can."""
    known = allowed(kind)
    found = []
    for where, text in (("subject", words.subject), ("text", words.text)):
        found += [
            Trouble(where, _unknown(name, known)) for name in names_in(text) if name not in known
        ]
    if any(is_link(name) for name in names_in(words.subject)):
        found.append(Trouble("subject", _("A subject holds no link. Put it into the text.")))
    there = names_in(words.text)
    missing = [name for name in required(kind, language) if name not in there]
    found += [Trouble("text", _missing(name)) for name in missing]
    return found


def wording_of(kind: str, language: str) -> Wording | None:
    """Return the wording of the store in scope, or None when it uses ours."""
    found: Wording | None = Wording.objects.filter(kind=kind, language=language).first()
    return found


def working_words(kind: MailKind, language: str) -> Words | None:
    """Return the store's words as they can be sent; None for ours.

    A wording that lacks what its kind came to require later is put aside, not sent half.
    """
    wording = wording_of(kind.key, language)
    if wording is None:
        return None
    words = Words(wording.subject, wording.text)
    return None if troubles(kind, language, words) else words


def reword(kind: MailKind, language: str, words: Words, *, now: datetime) -> Wording:
    """Keep the store's wording; ValueError for one with troubles, which a form has told of."""
    if found := troubles(kind, language, words):
        raise ValueError(found[0].sentence)
    wording: Wording
    wording, _is_new = Wording.objects.update_or_create(
        kind=kind.key,
        language=language,
        defaults={"subject": words.subject, "text": words.text, "changed_at": now},
    )
    return wording


def back_to_ours(kind: MailKind, language: str) -> None:
    """Drop the store's wording: ours is sent again. May be called twice."""
    Wording.objects.filter(kind=kind.key, language=language).delete()


def words_of_store(store: Store) -> dict[str, Any]:
    """Return every wording of the store in scope, to take along."""
    rows = Wording.objects.order_by("kind", "language")
    return {"mails": list(rows.values("kind", "language", "subject", "text"))}


def sample_of(kind: MailKind, language: str, store: Store, origin: str) -> dict[str, Any]:
    """Return example values for all placeholders of a kind, for a preview."""
    named = _asked_of(kind, language)
    with override(language):
        values = {name: _example(named.get(name) or Named(name), origin) for name in allowed(kind)}
        values |= dict.fromkeys(_counted(kind), EXAMPLE_COUNT) | {"store_name": store.name}
        return {**values, **{key: _plain(value) for key, value in kind.sample.items()}}


def word_for(name: str) -> str:
    """Return what a placeholder is in words; empty when its name must do."""
    return str(WORDS.get(name, ""))


def _example(named: Named, origin: str) -> Any:
    if named.is_list and not named.columns:
        return [str(SAMPLES["title"])]
    if named.columns:
        item = {column: _example(Named(column), origin) for column in sorted(named.columns)}
        return [item] if named.is_list else item
    if is_link(named.name):
        return f"{origin}/"
    return str(SAMPLES.get(named.name) or WORDS.get(named.name) or named.name.replace("_", " "))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def _spelled(kind: MailKind, language: str) -> tuple[Words, dict[str, Named]]:
    """Fill our templates with names; also tell what was asked of each name."""
    named = {name: Named(name) for name in allowed(kind)}
    counted = _numbers(kind)
    known = _known(kind, named) | {"own": f"mail/kinds/{kind.key}.txt"}
    with override(language):
        subject = _fill(f"mail/kinds/{kind.key}.subject.txt", known)
        text = _fill("mail/our_words.txt", known)
    for name, number in counted.items():
        digits = re.compile(r"\D?".join(str(number)))
        subject, text = (digits.sub(f"{{{name}}}", each) for each in (subject, text))
    text = _LABELLED.sub(r"{\2: \1}", text)
    return Words(header_line(subject.replace(_LOOP, "")), _without_loops(tidy(text))), named


def _asked_of(kind: MailKind, language: str) -> dict[str, Named]:
    """Return each placeholder with what our whole templates ask of it: the fixed part too."""
    named = {name: Named(name) for name in allowed(kind)}
    with override(language):
        for ending in ("txt", "html"):
            _fill(f"mail/kinds/{kind.key}.{ending}", _known(kind, named))
    return named


def _known(kind: MailKind, named: dict[str, Named]) -> dict[str, Any]:
    return {
        **{key: value for key, value in kind.sample.items() if key not in named},
        **named,
        **_numbers(kind),
        "sender": {"name": "{store_name}", "url": "", "reply_to": ""},
        "only_body": True,
    }


def _numbers(kind: MailKind) -> dict[str, int]:
    names = allowed(kind)
    return {name: FIRST_NUMBER + n for n, name in enumerate(_counted(kind)) if name in names}


def _counted(kind: MailKind) -> list[str]:
    """Return what our templates count ("1 day", "3 days"), which must be a number in them."""
    base = f"mail/kinds/{kind.key}"
    sources = (_template(f"{base}.{ending}").source for ending in ("subject.txt", "txt", "html"))
    return list(dict.fromkeys(name for source in sources for name in _COUNTED.findall(source)))


def _fill(template: str, known: dict[str, Any]) -> str:
    return str(_template(template).render(Context(known, autoescape=False)))


def _template(name: str) -> Any:
    """Return Django's own template, whose source can be read and whose escaping turned off."""
    return get_template(name).template  # type: ignore[attr-defined]  # of Django's own backend


def _without_loops(text: str) -> str:
    """Put a list's name where its loop stood, once."""
    lines: list[str] = []
    for line in text.split("\n"):
        named = _LOOPED.sub(r"{\1}", line)
        earlier = next((each for each in reversed(lines) if each), "")
        if named != line and named == earlier:
            continue
        lines.append(named)
    return tidy("\n".join(lines)).strip()


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        sentence = _("{%(name)s} cannot be filled in. Did you mean {%(close)s}?")
        return sentence % {"name": name, "close": close[0]}
    return _("{%(name)s} cannot be filled in. The list below has what can.") % {"name": name}


def _missing(name: str) -> str:
    words = word_for(name)
    if words:
        sentence = _("This mail needs {%(name)s}, %(words)s. Put it in anywhere.")
        return sentence % {"name": name, "words": words}
    return _("This mail needs {%(name)s}. Put it in anywhere.") % {"name": name}
