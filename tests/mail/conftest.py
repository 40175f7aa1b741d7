"""A kind of mail that exists only in tests, with hostile contents allowed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mail.models import Message
from mail.services.outbox import post
from stores.slots import MailKind, mail_kinds

TEMPLATES = {
    "note.subject.txt": "News of {{ what }}",
    "note.txt": (
        '{% extends "mail/base.txt" %}'
        "{% block body %}Dear {{ recipient_name }}, {{ what }}{% endblock %}"
    ),
    "note.html": '{% extends "mail/base.html" %}{% block body %}<p>{{ what }}</p>{% endblock %}',
}


@pytest.fixture(autouse=True)
def note_kind(tmp_path: Path, settings: Any) -> Iterator[MailKind]:
    """The kinds ``note`` and ``secret`` (wiped, urgent) and ``flyer`` (of a mailing)."""
    kinds = tmp_path / "mail" / "kinds"
    kinds.mkdir(parents=True)
    for key in ("note", "secret", "flyer"):
        for name, text in TEMPLATES.items():
            (kinds / name.replace("note", key)).write_text(text, encoding="utf-8")
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    note = MailKind("note", "Note", ("what",))
    secret = MailKind("secret", "Secret", ("what",), priority=1, wiped=True)
    flyer = MailKind("flyer", "Flyer", ("what",), priority=9)
    with (
        mail_kinds.registered("note", note),
        mail_kinds.registered("secret", secret),
        mail_kinds.registered("flyer", flyer),
    ):
        yield note


@pytest.fixture
def post_note() -> Callable[..., Message]:
    """Post a note in the store in scope; anything can be said otherwise."""

    def post_it(key: str = "note:1", kind: str = "note", **over: Any) -> Message:
        fields = {"to": "charlie@example.com", "language": "en", "context": {"what": "thread"}}
        return post(kind, key=key, **(fields | over))

    return post_it
