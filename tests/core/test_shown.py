from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.template import Context, Engine

from core.addresses import path_to
from core.shown import Seen, Shown


@dataclass(frozen=True)
class Book(Seen):
    title: str

    @property
    def spine(self) -> str:
        return self.title[:3]


def rendered(template: str, **values: object) -> str:
    return Engine.get_default().from_string(template).render(Context(values))


def test_a_template_sees_what_python_sees() -> None:
    assert rendered("{{ book.title }}/{{ book.spine }}/{{ book.none }}", book=Book("Linen")) == (
        "Linen/Lin/"
    )
    with pytest.raises(TypeError):
        iter(Book("Linen")).__next__()


def test_what_is_missing_is_empty_and_is_not_kept() -> None:
    facts = Shown(news="a")
    assert rendered("{{ f.news }}/{{ f.old }}{% for x in f.old %}x{% endfor %}", f=facts) == "a/"
    assert facts == {"news": "a"}
    assert facts.get("old") is None


def test_a_path_is_written_for_the_language_being_read() -> None:
    from django.urls import set_script_prefix

    here = path_to("storefront:product", "linen")
    set_script_prefix("/he/")
    try:
        there = path_to("storefront:product", "linen")
    finally:
        set_script_prefix("/")
    assert (here, there) == ("/p/linen/", "/he/p/linen/")
    assert path_to("storefront:product", "wool") == "/p/wool/"
    assert path_to("storefront:product", "linen") == here
