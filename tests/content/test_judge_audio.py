"""What is taken as a recording, what is known of it, and what is left of it."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from content.services.judge.found import AUDIO
from core.limited import Limits
from tests.content.sounds import (
    box,
    chapter,
    frame,
    full,
    id3,
    m4a,
    mp3,
    text,
    track,
    wav,
)

PLACE = b"+32.0853+034.7818/"


@pytest.fixture
def heard(judged, tmp_path):
    def ask(content: bytes, name: str = "one.mp3", **over):
        path = tmp_path / name
        path.write_bytes(content)
        return judged(path, accept=AUDIO, name=name, **over)

    return ask


@pytest.fixture
def unheard(refusal, tmp_path):
    def ask(content: bytes, accept=AUDIO) -> str:
        path = tmp_path / "one"
        path.write_bytes(content)
        return refusal(path, accept=accept).code

    return ask


def test_an_mp3_is_as_long_as_its_frames(heard):
    verdict = heard(mp3(20, index=3))
    assert verdict.kind == "mp3"
    assert verdict.seconds == pytest.approx(20, abs=0.1)
    assert b"Xing" not in verdict.clean.read_bytes()  # it lied, and players would believe it


def test_an_index_that_is_right_is_kept(heard):
    count = round(20 / (1152 / 44100))
    assert b"Xing" in heard(mp3(20, index=count)).clean.read_bytes()


def test_title_maker_and_chapters_of_an_mp3_are_read_and_written_anew(heard):
    tag = id3(
        text(b"TIT2", "הלחם"),
        text(b"TPE1", "Noa"),
        frame(b"GEOB", PLACE),
        frame(b"PRIV", PLACE),
        chapter(2, 5, "אמצע"),
        chapter(1, 0, "Start"),
    )
    verdict = heard(mp3(10, tag=tag))
    assert (verdict.title, verdict.author) == ("הלחם", "Noa")
    assert [(line.title, line.target) for line in verdict.contents] == [
        ("Start", "0.000"),
        ("אמצע", "5.000"),
    ]
    kept = verdict.clean.read_bytes()
    assert PLACE not in kept
    assert "אמצע".encode("utf-16")[2:] in kept


def test_a_cover_comes_along(heard):
    picture = b"\xff\xd8\xff" + b"p" * 500
    verdict = heard(mp3(3, tag=id3(frame(b"APIC", b"\0image/jpeg\0\x03\0" + picture))))
    assert verdict.cover is not None
    assert verdict.cover.read_bytes() == picture


def test_ten_thousand_chapters_are_cut(heard):
    tag = id3(*(chapter(n, n / 1000, "x") for n in range(10_000)))
    verdict = heard(mp3(20, tag=tag))
    assert len(verdict.contents) == 500
    assert verdict.warnings[0].code == "chapters_cut"


def test_chapters_beyond_the_end_are_left_out(heard):
    verdict = heard(mp3(5, tag=id3(chapter(1, 0, "a"), chapter(2, 900, "b"))))
    assert [line.title for line in verdict.contents] == ["a"]
    assert verdict.warnings[0].code == "chapters_odd"


def test_an_m4a_begins_with_its_index_and_keeps_its_chapters(heard):
    verdict = heard(m4a(60, chapters=[(0, "פתיחה"), (30, "Two")]), "one.m4b")
    assert verdict.seconds == 60
    assert [line.title for line in verdict.contents] == ["פתיחה", "Two"]
    kept = verdict.clean.read_bytes()
    assert kept.index(b"moov") < kept.index(b"mdat")
    at = kept.index(b"stco") + 12
    assert kept[struct.unpack(">I", kept[at : at + 4])[0] :].startswith(b"sound")
    assert not verdict.warnings  # .m4b is a name for the same


def test_where_it_was_recorded_is_not_kept(heard):
    labels = box(b"udta", box(b"\xa9xyz", PLACE), box(b"meta", bytes(4), box(b"ilst", PLACE * 20)))
    kept = heard(m4a(labels=labels, more=box(b"uuid", PLACE)), "one.m4a").clean.read_bytes()
    assert PLACE not in kept


def test_nero_chapters_are_read(heard):
    rows = b"".join(
        struct.pack(">Q", second * 10_000_000) + bytes([len(title)]) + title
        for second, title in ((0, b"one"), (4, b"two"))
    )
    labels = box(b"udta", box(b"chpl", b"\x01\0\0\0\0\0\0\0\x02" + rows))
    assert [line.title for line in heard(m4a(labels=labels), "a.m4a").contents] == ["one", "two"]


def test_a_wav_is_measured_by_what_is_there(heard):
    content = bytearray(wav(10))
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"  # a recorder that was switched off
    content += b""
    assert heard(bytes(content), "a.wav").seconds == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "not_audio"),
        (b"PK\x03\x04" + bytes(99), "not_audio"),
        (b"just words", "not_audio"),
        (b"OggS" + bytes(99), "audio_codec"),
        (b"fLaC" + bytes(99), "audio_codec"),
        (mp3(0.05), "audio_broken"),
        (mp3(1)[:50], "audio_broken"),
        (id3(text(b"TIT2", "x"), lies=200_000_000), "audio_cut_short"),
        (mp3(5) + b"j" * 2_000_000, "audio_broken"),
        (m4a(codec=b"drms"), "audio_locked"),
        (m4a(codec=b"alac"), "audio_codec"),
        (m4a(handler=b"vide"), "video"),
        (m4a(more=track(3, b"vide", b"avc1", [50], [9], [10])), "video"),
        (m4a(handler=b"hint"), "audio_silent"),
        (m4a(seconds=0), "audio_silent"),
        (m4a(seconds=4_000_000), "audio_long"),
        (m4a(offset=5_000_000), "audio_cut_short"),
        (m4a()[:600], "audio_cut_short"),
        (m4a()[:-40], "audio_cut_short"),
        (box(b"ftyp", b"M4A \0\0\0\0") + box(b"moof", bytes(50)), "audio_codec"),
        (box(b"ftyp", b"M4A \0\0\0\0") + box(b"mdat", length=7), "audio_cut_short"),
        (b"RIFF\x10\0\0\0WAVEfmt \x10\0\0\0" + bytes(16), "audio_silent"),
        (wav(0), "audio_silent"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_reason(unheard, content, code):
    assert unheard(content) == code


def test_a_film_with_pictures_as_chapters_is_a_recording(heard):
    content = m4a(chapters=[(0, "a")], more=track(2, b"vide", b"jpeg", [100], [9], [10_000]))
    assert heard(content, "a.m4b").seconds == 10


@pytest.mark.parametrize("content", [mp3(2), m4a(), wav(2)])
def test_a_recording_is_no_book(unheard, content):
    assert unheard(content, accept=("epub", "pdf")) == "sound"


@pytest.mark.parametrize(
    "inner",
    [
        box(b"trak", length=0xFFFFFFFF),
        box(b"trak", box(b"mdia", length=3)),
        box(b"junk", length=2),
        b"".join(box(b"free") for _ in range(6000)),
    ],
)
def test_boxes_that_lie_about_their_size_are_refused(unheard, inner):
    assert unheard(m4a(more=inner)) == "audio_broken"


def test_a_count_of_four_billion_samples_costs_nothing(unheard, heard, tight):
    huge = full(b"stts", struct.pack(">I", 0xFFFFFFFF))
    content = m4a(more=box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", huge)))))
    assert heard(content, "a.m4a", limits=tight).seconds == 10


def test_two_gigabytes_are_heard_in_bounded_memory(judged, tmp_path):
    path = tmp_path / "long.wav"
    content = wav(1)
    with path.open("wb") as out:  # a hole of nearly two gigabytes, as a disk keeps it
        out.write(content[:40] + struct.pack("<I", 1_900_000_000) + b"\x80" * 8000)
        out.truncate(1_900_000_044)
    limits = Limits(memory=300 * 1024 * 1024)
    verdict = judged(path, accept=AUDIO, limits=limits)
    assert verdict.seconds == pytest.approx(1_900_000_000 / 8000, abs=1)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["a.mp3", "a.m4b", "a.wav"])
def test_what_others_write_still_plays(heard, tmp_path, name):
    made = tmp_path / f"made-{name}"
    sine = ["-f", "lavfi", "-i", "sine=440:duration=6", "-metadata", "title=Tone"]
    run("ffmpeg", "-v", "error", *sine, str(made))
    verdict = heard(made.read_bytes(), name)
    assert verdict.title == "Tone"
    assert verdict.seconds == pytest.approx(6, abs=0.1)
    assert run("ffmpeg", "-v", "error", "-i", str(verdict.clean), "-f", "null", "-") == ""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr.replace(str(Path.cwd()), "")
