"""One zip of many files: readable by everything, as long as was said, in little memory."""

import io
import shutil
import subprocess
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest

from content.errors import NotWhole
from content.services import zips

AT = datetime(2026, 11, 22, 10, 30, 4, tzinfo=UTC)


def entry(name: str, content: bytes, **over) -> zips.Entry:
    fields = {
        "name": name,
        "size": len(content),
        "changed_at": AT,
        "open": lambda: [content],
    } | over
    return zips.Entry(**fields)


def test_a_zip_holds_the_files_under_their_names():
    entries = [entry("התפר הראשון.epub", b"book" * 9), entry("b/two.mp3", b""), entry("c", b"x")]
    content = b"".join(zips.stream(entries))
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        assert box.testzip() is None
        assert box.namelist() == ["התפר הראשון.epub", "b/two.mp3", "c"]
        assert box.read("התפר הראשון.epub") == b"book" * 9
        assert box.getinfo("c").date_time == (2026, 11, 22, 10, 30, 4)
    assert len(content) == zips.length_of(entries)


def test_a_zip_of_more_than_four_gigabytes_says_so(monkeypatch):
    monkeypatch.setattr(zips, "FOUR", 1000)
    entries = [entry("big", b"b" * 5000), entry("small", b"s"), entry("after", b"a" * 20)]
    content = b"".join(zips.stream(entries))
    assert len(content) == zips.length_of(entries)
    assert b"PK\x06\x06" in content
    real = [entry("big", b"", size=5 * 2**30), entry("after", b"a")]
    monkeypatch.undo()
    assert zips.length_of(real) > 5 * 2**30


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_other_programs_unpack_it(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(zips.stream([entry("one", b"1" * 999), entry("two", b"2")])))
    done = subprocess.run(["unzip", "-t", str(path)], capture_output=True, text=True, check=False)
    assert "No errors detected" in done.stdout


def test_five_gigabytes_are_written_and_read_back(tmp_path):
    """Sparse on disk: a real file of more than the old format holds."""
    size, piece = 2**32 + 2**20, bytes(2**20)
    entries = [
        entry("hole", b"", size=size, open=lambda: (piece for _ in range(size // 2**20))),
        entry("last", b"end"),
    ]
    path = tmp_path / "big.zip"
    with path.open("wb") as out:
        for each in zips.stream(entries):
            out.seek(len(each), 1) if each is piece else out.write(each)
    assert path.stat().st_size == zips.length_of(entries)
    with zipfile.ZipFile(path) as box:
        assert box.getinfo("hole").file_size == size
        assert box.read("last") == b"end"


def test_memory_does_not_grow_with_the_files():
    piece = bytes(64 * 1024)
    large = entry("a", b"", size=64 * 2**20, open=lambda: (piece for _ in range(1024)))
    tracemalloc.start()
    for _ in zips.stream([large]):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20


@pytest.mark.parametrize("content", [b"short", b"much too long"])
def test_a_file_that_changed_meanwhile_ends_the_zip(content):
    with pytest.raises(NotWhole):
        list(zips.stream([entry("a", content, size=8)]))


def test_what_is_closed_meanwhile_is_not_given():
    asked = []

    def is_open(each):
        asked.append(each.name)
        return each.name != "two"

    sent = []
    with pytest.raises(NotWhole):
        sent.extend(zips.stream([entry("one", b"1"), entry("two", b"secret")], is_open=is_open))
    assert asked == ["one", "two"]
    assert b"secret" not in b"".join(sent)


def test_a_large_file_is_asked_for_again_on_its_way(monkeypatch):
    monkeypatch.setattr(zips, "LOOK_EVERY", 10)
    answers = iter([True, False])
    slow = entry("a", b"", size=40, open=lambda: [b"x" * 10] * 4)
    sent = []
    with pytest.raises(NotWhole):
        sent.extend(zips.stream([slow], is_open=lambda _each: next(answers)))
    assert b"".join(sent).count(b"x") == 10


def test_names_that_a_disk_takes_for_the_same_are_told_apart():
    assert zips.apart(["a/Book.epub", "a/book.epub", "a/book.epub", "b"]) == [
        "a/Book.epub",
        "a/book (2).epub",
        "a/book (3).epub",
        "b",
    ]
