"""A mail that is filled in reads as if it were rendered for its receiver alone."""

from __future__ import annotations

from typing import Any

import pytest

from mail.models import Message
from mail.services.rendering import Memory, render, render_words, store_sender
from mail.services.shapes import over_texts, shows_values_as_they_are, slotted
from mail.services.wordings import Words, our_words, sample_of
from stores.models import Store
from stores.slots import mail_kinds
from tests.mail.test_mailings import read

OFFERED = sorted(kind.key for kind in mail_kinds.all() if not kind.of_platform)
HOSTILE = "<b>&\"x'</b> {{ y }} %(z)s {title} \\1 "
URL = "https://x.example/?a=1&b=<2>\"'"


def hostile(values: Any, number: int) -> Any:
    """The same values, other texts in them."""

    def other(text: str) -> str:
        return f"{URL}{number}" if text.startswith("http") else f"{HOSTILE}{text}{number}"

    return over_texts(values, other)


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("key", OFFERED)
@pytest.mark.parametrize("is_reworded", [False, True], ids=["ours", "reworded"])
def test_every_kind_reads_as_if_rendered_alone(
    in_store: Store, key: str, language: str, *, is_reworded: bool
) -> None:
    kind = mail_kinds.get(key)
    sender, memory = store_sender(in_store), Memory()
    words = our_words(kind, language) if is_reworded else None
    memory.words[key, language] = words
    leave_url = URL if kind.is_marketing else ""
    sample = sample_of(kind, language, in_store, "https://thread.example")
    for number in range(4):
        context = hostile(sample, number)
        name = f"{HOSTILE}{number}".strip() if number != 2 else ""
        message = Message(kind=key, language=language, to_name=name, context=context)
        found = render(message, sender, leave_url, memory)
        expected = render_words(message, sender, words, leave_url)
        assert found.subject == expected.subject
        assert found.text == expected.text
        assert read(found.html) == read(expected.html)
    if shows_values_as_they_are(key):
        assert any(form is not None for form in memory.shapes.values())


def test_receipts_are_of_one_shape() -> None:
    assert shows_values_as_they_are("receipt")
    assert not shows_values_as_they_are("holders_note"), "its message is cut for the preheader"


@pytest.mark.parametrize(
    "other",
    [
        {"a": "", "b": "x", "c": ["y"], "d": 1},
        {"a": "x", "b": "z", "c": ["y"], "d": 1},
        {"a": "x", "b": "x", "c": [], "d": 1},
        {"a": "x", "b": "x", "c": ["y"], "d": 2},
        {"a": "https://x.example/", "b": "https://x.example/", "c": ["y"], "d": 1},
        {"a": "x\ny", "b": "x\ny", "c": ["y"], "d": 1},
        {"a": " x", "b": " x", "c": ["y"], "d": 1},
        {"b": "x", "a": "x", "c": ["y"], "d": 1},
    ],
)
def test_what_a_template_can_tell_apart_is_another_shape(other: dict[str, Any]) -> None:
    values = {"a": "x", "b": "x", "c": ["y"], "d": 1}
    assert str(slotted(values)[0]) != str(slotted(other)[0])


def test_texts_alone_make_no_other_shape() -> None:
    first, texts = slotted({"a": "x", "b": ["y", "x"]})
    second, others = slotted({"a": "1", "b": ["2", "1"]})
    assert first == second
    assert list(texts.values()) == ["x", "y"]
    assert list(others.values()) == ["1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ what|upper }}",
        '{% if what == "x" %}a{% endif %}',
        "{% if what == sender.name %}a{% endif %}",
        "{% if what in other %}a{% endif %}",
        "{% with a=what %}{{ a }}{% endwith %}",
        "{% for each in what|slice:1 %}{% endfor %}",
        "{% load i18n %}{% blocktranslate count n=what %}a{% plural %}b{% endblocktranslate %}",
        "{% autoescape off %}{{ what }}{% endautoescape %}",
    ],
)
def test_a_template_that_asks_more_of_a_value_is_rendered_for_each(
    note_kind: Any, settings: Any, text: str
) -> None:
    folder = settings.TEMPLATES[0]["DIRS"][-1] / "mail" / "kinds"
    assert shows_values_as_they_are("note")
    (folder / "flyer.txt").write_text(text, encoding="utf-8")
    assert not shows_values_as_they_are("flyer")


def test_a_shape_remembers_nothing_of_another_store_or_wording(
    in_store: Store, post_note: Any
) -> None:
    sender, memory = store_sender(in_store), Memory()
    message = post_note()
    for words in (None, Words("S {what}", "T {what}"), None):
        memory.words["note", "en"] = words
        for _time in range(3):
            found = render(message, sender, "", memory)
            assert found == render_words(message, sender, words)
