"""Films from phones: taken by their boxes, kept without what they say of places."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from content.services.judge import Refused, Verdict
from tests.content.files import epub, picture

Judge = Callable[..., Verdict]
Refusal = Callable[..., Refused]
FILMS = ("mp4", "mov")
PLACE = b"+32.0853+034.7818+012.000/"
HERE = b"com.apple.quicktime.location.ISO6709"
TRAIL = b"GPS5 32.0853 34.7818 " * 4


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def full(kind: bytes, *inside: bytes) -> bytes:
    return box(kind, bytes(4), *inside)


def track(
    plays: bytes,
    at: int,
    length: int,
    *more: bytes,
    entry: bytes = b"avc1",
    matrix: bytes = bytes(36),
) -> bytes:
    """A track with one sample of so many bytes at a place in the file."""
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), box(entry, bytes(8))),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(">III", 0, 1, length)),
        full(b"stco", struct.pack(">II", 1, at)),
    )
    header = full(b"tkhd", bytes(36), matrix, struct.pack(">II", 640 << 16, 360 << 16))
    handler = full(b"hdlr", bytes(4), plays, bytes(13))
    return box(b"trak", header, box(b"mdia", handler, box(b"minf", table)), *more)


def film(path: Path, *, brand: bytes = b"qt  ", entry: bytes = b"avc1", **over: bytes) -> Path:
    """A film of twelve seconds whose pictures are a word, with a trail of places beside it."""
    start = box(b"ftyp", brand, bytes(4), brand)
    pictures = b"pictures" * 20
    data = box(b"mdat", pictures, TRAIL)
    at = len(start) + 8
    place = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0), PLACE))
    index = box(
        b"moov",
        full(b"mvhd", bytes(8), struct.pack(">II", 600, 7200), bytes(80)),
        over.get("tracks", track(b"vide", at, len(pictures), place, entry=entry)),
        track(b"meta", at + len(pictures), len(TRAIL)),
        full(b"meta", box(b"keys", HERE), box(b"ilst", PLACE)),
        place,
    )
    path.write_bytes(start + data + index + box(b"uuid", b"x" * 16, PLACE))
    return path


def test_a_phones_film_is_taken_and_does_not_say_where(tmp_path: Path, judged: Judge) -> None:
    came = film(tmp_path / "IMG_1.MOV")
    verdict = judged(came, accept=FILMS)
    assert (verdict.kind, verdict.media_type, verdict.seconds) == ("mov", "video/quicktime", 12)
    assert verdict.page_size == (640, 360)
    kept = verdict.clean.read_bytes()
    assert len(kept) == came.stat().st_size
    assert b"pictures" * 20 in kept
    for said in (PLACE, HERE, TRAIL[:12]):
        assert said in came.read_bytes()
        assert said not in kept


def test_a_silent_copy_is_a_film_again(tmp_path: Path, judged: Judge) -> None:
    once = judged(film(tmp_path / "a.mp4", brand=b"isom"), accept=FILMS)
    assert once.kind == "mp4"
    said = once.clean.read_bytes()
    (tmp_path / "b.mp4").write_bytes(said)
    assert judged(tmp_path / "b.mp4", accept=FILMS).clean.read_bytes() == said


@pytest.mark.parametrize(
    ("name", "over", "code"),
    [
        ("only sound", {"tracks": track(b"soun", 0, 0)}, "film_sound_only"),
        ("locked", {"entry": b"encv"}, "film_locked"),
    ],
)
def test_what_is_no_film_to_be_seen_is_refused(
    tmp_path: Path, refusal: Refusal, name: str, over: dict[str, bytes], code: str
) -> None:
    assert refusal(film(tmp_path / "a.mov", **over), accept=FILMS).code == code


def test_a_film_cut_short_anywhere_is_refused(tmp_path: Path, refusal: Refusal) -> None:
    whole = film(tmp_path / "a.mov").read_bytes()
    for length in (30, 100, len(whole) // 2, len(whole) - 3):
        (tmp_path / "b.mov").write_bytes(whole[:length])
        assert refusal(tmp_path / "b.mov", accept=FILMS).code == "film_broken"


@pytest.mark.parametrize(
    "lie",
    [
        box(b"ftyp", b"qt  ") + struct.pack(">I4s", 0xFFFFFFFF, b"moov") + b"x" * 50,
        box(b"ftyp", b"qt  ") + box(b"free") * 30_000,
        box(b"ftyp", b"qt  ") + struct.pack(">I4sQ", 1, b"mdat", 2**63) + b"x" * 50,
        box(b"ftyp", b"qt  ") + struct.pack(">I4s", 4, b"moov") + b"x" * 50,
        box(b"ftyp", b"qt  ") + box(b"mdat") + box(b"moov", box(b"trak", full(b"stsd"))),
    ],
)
def test_lies_about_sizes_end_with_an_answer(tmp_path: Path, refusal: Refusal, lie: bytes) -> None:
    (tmp_path / "a.mov").write_bytes(lie)
    assert refusal(tmp_path / "a.mov", accept=FILMS).code == "film_broken"


def test_tables_that_promise_millions_cost_nothing(tmp_path: Path, refusal: Refusal) -> None:
    came = film(tmp_path / "a.mov")
    wrong = came.read_bytes().replace(
        full(b"stco", struct.pack(">II", 1, 20 + 8 + 160))[:16],
        full(b"stco", struct.pack(">II", 2**31, 20 + 8 + 160))[:16],
    )
    assert wrong != came.read_bytes()
    came.write_bytes(wrong)
    assert refusal(came, accept=FILMS).code == "film_broken"


def test_a_book_is_no_film_and_a_film_is_no_book(tmp_path: Path, refusal: Refusal) -> None:
    assert refusal(epub(tmp_path / "a.epub"), accept=FILMS).code == "not_film"
    (tmp_path / "a.jpg").write_bytes(picture())
    assert refusal(tmp_path / "a.jpg", accept=FILMS).code == "not_film"
    refused = refusal(film(tmp_path / "a.mov"))
    assert refused.code == "sound"
    assert "video file, not a book" in str(refused.sentence)


@pytest.mark.ffmpeg
@pytest.mark.parametrize("kind", ["mov", "mp4"])
def test_a_real_film_plays_on_and_says_nothing(tmp_path: Path, judged: Judge, kind: str) -> None:
    came = tmp_path / f"a.{kind}"
    made = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2"]
    place = ["-metadata", f"location={PLACE.decode()}", "-metadata", "artist=Alice of Jaffa"]
    said = ["-movflags", "use_metadata_tags" if kind == "mov" else "faststart"]
    _ffmpeg(*made, *place, *said, "-pix_fmt", "yuv420p", str(came))
    assert b"Jaffa" in came.read_bytes()
    verdict = judged(came, accept=FILMS)
    assert (verdict.kind, verdict.seconds, verdict.page_size) == (kind, 2, (64, 48))
    kept = verdict.clean.read_bytes()
    assert b"+32.0853" not in kept
    assert b"Jaffa" not in kept
    frames = ["-map", "0:v", "-f", "md5", "-"]
    assert _ffmpeg("-i", str(verdict.clean), *frames) == _ffmpeg("-i", str(came), *frames)


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


TURNED = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 360 << 16, 0, 1 << 30)


def test_a_phone_held_upright_films_upright(tmp_path: Path, judged: Judge) -> None:
    tracks = track(b"vide", 28, 160, matrix=TURNED)
    assert judged(film(tmp_path / "a.mov", tracks=tracks), accept=FILMS).page_size == (360, 640)


@pytest.mark.parametrize(("entry", "said"), [(b"avc1", []), (b"hvc1", ["film_codec"])])
def test_what_not_every_browser_plays_is_said(
    tmp_path: Path, judged: Judge, entry: bytes, said: list[str]
) -> None:
    verdict = judged(film(tmp_path / "a.mov", entry=entry), accept=FILMS)
    assert [each.code for each in verdict.warnings] == said
