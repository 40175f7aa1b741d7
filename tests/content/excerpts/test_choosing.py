from __future__ import annotations

import pytest

from content.services.excerpts.chapters import chapters_of, pages_of
from content.services.excerpts.sheets import BadSpans, count_of, read_spans, written


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("1-3", [(1, 3)]),
        ("1–12, 30", [(1, 12), (30, 30)]),
        ("5 1 2 - 4", [(1, 5)]),
        ("3־4", [(3, 4)]),
        ("2,2,1", [(1, 2)]),
        ("", []),
    ],
)
def test_pages_are_read_as_people_write_them(text: str, spans: list[tuple[int, int]]) -> None:
    assert read_spans(text, 40) == spans


@pytest.mark.parametrize("text", ["0", "41", "9-3", "a", "1-", "1.5"])
def test_what_names_no_pages_is_refused(text: str) -> None:
    with pytest.raises(BadSpans):
        read_spans(text, 40)


def test_spans_are_written_and_counted() -> None:
    assert written([[1, 12], [30, 30]]) == "1–12, 30"
    assert count_of([[1, 12], [30, 30]]) == 13


def test_a_chapter_has_all_pages_up_to_the_next() -> None:
    spine = ["cover", "a", "a2", "b"]
    assert pages_of(spine, ["a", "b"], ["a"]) == ["a", "a2"]
    assert pages_of(spine, [], ["a2"]) == ["a2"]


def test_chapters_know_their_part_of_the_whole() -> None:
    facts = {
        "spine": [["a", 10], ["a2", 20], ["b", 70]],
        "contents": [
            {"title": "A", "target": "a", "depth": 0},
            {"title": "half of it", "target": "a2", "depth": 4},
            {"title": "B", "target": "b#x", "depth": 0},
        ],
    }
    assert [(each.title, each.share) for each in chapters_of(facts)] == [("A", 0.3), ("B", 0.7)]


def test_a_book_without_contents_is_picked_page_by_page() -> None:
    chapters = chapters_of({"spine": [["a", 1], ["b", 3]], "contents": []})
    assert [(each.path, each.title, each.share) for each in chapters] == [
        ("a", "", 0.25),
        ("b", "", 0.75),
    ]
