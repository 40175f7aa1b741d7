import subprocess
import sys

import pytest
from django.utils import translation

from content.services.judge import reasons
from core.limited import Limits
from tests.content.files import epub, flood, pdf, picture


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "program"),
        (b"\x7fELF\x02", "program"),
        (b"#!/bin/sh\n", "program"),
        (b"<!DOCTYPE html><p>hello", "web_page"),
        (b"<!-- x --><script>steal()</script>%PDF-1.7\n", "web_page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "web_page"),
        (picture(), "picture"),
        (flood(), "picture"),
        (b"{\\rtf1 hello", "word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_office"),
        (b"\x00" * 60 + b"BOOKMOBI", "kindle"),
        (b"ID3\x03", "sound"),
        (b"Rar!\x1a\x07", "archive"),
        (b"just words", "unknown"),
    ],
)
def test_what_is_not_a_book_is_refused_by_what_it_is(tmp_path, refusal, start, code):
    path = tmp_path / "book.pdf"
    path.write_bytes(start)
    assert refusal(path, name="book.pdf").code == code


def test_a_pdf_called_epub_is_known_for_what_it_is(tmp_path, judged):
    verdict = judged(pdf(tmp_path / "book.epub"), name="book.epub")
    assert verdict.kind == "pdf"
    assert [w.code for w in verdict.warnings] == ["name_differs"]


def test_only_the_kinds_asked_for_are_taken(tmp_path, refusal):
    assert refusal(pdf(tmp_path / "a"), accept={"epub"}).code == "not_epub"
    assert refusal(epub(tmp_path / "b"), accept={"pdf"}).code == "not_pdf"


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path, refusal):
    small = Limits(memory=24 * 1024 * 1024, cpu_seconds=5, wall_seconds=20)
    assert refusal(pdf(tmp_path / "a"), limits=small).code in {"too_heavy", "broken"}


def test_a_file_that_needs_too_much_time_is_refused(tmp_path, refusal):
    assert refusal(pdf(tmp_path / "a"), limits=Limits(wall_seconds=0)).code == "too_heavy"


def test_the_worker_starts_without_django():
    code = "import sys, content.services.judge.worker as w; print('django' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_every_refusal_and_warning_has_its_hebrew_sentence():
    with translation.override("en"):
        english = {code: str(text) for code, text in (reasons.REFUSALS | reasons.WARNINGS).items()}
    with translation.override("he"):
        hebrew = {code: str(text) for code, text in (reasons.REFUSALS | reasons.WARNINGS).items()}
    assert [code for code in english if english[code] == hebrew[code]] == []
