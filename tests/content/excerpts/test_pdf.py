from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from content.services.excerpts.pdf import excerpt_pdf
from content.services.judge.found import Unfit
from tests.content.excerpts.books import SECRET, inside_pdf, shared_pdf
from tests.content.files import pdf
from tests.content.stamping.test_pdf import ink, needs_poppler


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    target = tmp_path / "sample.pdf"
    excerpt_pdf(
        shared_pdf(tmp_path / "book.pdf"),
        target,
        [[1, 2], [4, 4]],
        last=pdf(tmp_path / "last.pdf", 1),
        title="A guide (a sample)",
        lines=[("Part 1", 1), ("Part 3", 3), ("Part 4", 4)],
    )
    return target


def test_the_chosen_pages_and_the_last_one_are_in_it(sample: Path) -> None:
    with pikepdf.open(sample) as made:
        assert len(made.pages) == 4
        assert list(made.pages[2].resources.XObject.keys()) == ["/P4"]
        with made.open_outline() as outline:
            assert [each.title for each in outline.root] == ["Part 1", "Part 4"]


def test_nothing_of_another_page_is_inside(sample: Path) -> None:
    everything = inside_pdf(sample)

    for number in (1, 2, 4):
        assert f"picture-{SECRET}-{number}".encode() in everything
    for number in (3, 5):
        assert f"{SECRET}-{number}".encode() not in everything


def test_links_out_of_the_book_stay_and_those_inside_go(sample: Path) -> None:
    with pikepdf.open(sample) as made:
        (link,) = made.pages[0].Annots
        assert str(link.A.URI) == "https://example.com/"


def test_resources_of_the_whole_tree_are_pruned_too(tmp_path: Path) -> None:
    source = shared_pdf(tmp_path / "book.pdf")
    with pikepdf.open(source, allow_overwriting_input=True) as book:
        book.Root.Pages.Resources = book.pages[0].obj.Resources
        for each in book.pages:
            del each.obj["/Resources"]
        book.save(source)
    target = tmp_path / "sample.pdf"
    last = pdf(tmp_path / "last.pdf", 1)
    excerpt_pdf(source, target, [[2, 2]], last=last, title="t")

    everything = inside_pdf(target)
    assert f"picture-{SECRET}-2".encode() in everything
    assert f"picture-{SECRET}-1".encode() not in everything


def test_a_form_without_resources_of_its_own_keeps_what_it_draws(tmp_path: Path) -> None:
    source = shared_pdf(tmp_path / "book.pdf")
    with pikepdf.open(source, allow_overwriting_input=True) as book:
        form = book.make_stream(
            b"/P3 Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1]
        )
        book.pages[0].resources.XObject["/F"] = form
        book.pages[0].Contents = book.make_stream(b"/F Do")
        book.save(source)
    target = tmp_path / "sample.pdf"
    excerpt_pdf(source, target, [[1, 1]], last=pdf(tmp_path / "last.pdf", 1), title="t")

    with pikepdf.open(target) as made:
        assert set(made.pages[0].resources.XObject.keys()) == {"/F", "/P3"}


def test_pages_that_are_not_there_are_refused(tmp_path: Path) -> None:
    last = pdf(tmp_path / "last.pdf", 1)
    with pytest.raises(Unfit, match="unmatched"):
        excerpt_pdf(pdf(tmp_path / "b.pdf"), tmp_path / "s.pdf", [[2, 3]], last=last, title="t")


@needs_poppler
@pytest.mark.parametrize("kind", ["hebrew_pdf", "english_pdf"])
def test_a_page_looks_as_it_does_in_the_book(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    source, target = tmp_path / "book.pdf", tmp_path / "sample.pdf"
    source.write_bytes(request.getfixturevalue(kind))
    last = pdf(tmp_path / "last.pdf", 1)
    excerpt_pdf(source, target, [[2, 3]], last=last, title="t")

    for here, there in ((1, 2), (2, 3)):
        assert ink(target, here)[0].tobytes() == ink(source, there)[0].tobytes()
