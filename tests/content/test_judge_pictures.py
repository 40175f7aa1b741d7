"""Pictures in books lose where they were taken, and nothing that is seen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from content.services.judge import Verdict, blank
from content.services.judge.bare import laid_bare
from tests.content.files import epub, opf

Judge = Callable[..., Verdict]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>32,5N</exif:GPSLatitude></x:xmpmeta>'
WHO = "Alice of Jaffa"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ["JPEG", "PNG", "WEBP"]


def photo(kind: str, *, turned: int = 1, **options: object) -> bytes:
    """A picture as a phone takes it: it says where and by whom, and which way is up."""
    exif = Image.Exif()
    exif[Base.Orientation] = turned
    exif[Base.Artist] = WHO
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (32.0, 5.0, 7.0)})
    picture = Image.effect_noise((48, 32), 60).convert("RGB")
    picture.putpixel((0, 0), (255, 0, 0))
    out = io.BytesIO()
    more = {"exif": exif, "icc_profile": PROFILE, "xmp": XMP} | options
    picture.save(out, kind, **more)
    return out.getvalue()


def seen(content: bytes) -> bytes:
    """The pixels as somebody sees them."""
    with Image.open(io.BytesIO(content)) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB").tobytes()


def exif_of(content: bytes) -> dict[int, object]:
    with Image.open(io.BytesIO(content)) as picture:
        return dict(picture.getexif())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_a_photo_keeps_its_looks_and_says_nothing_of_where(kind: str, turned: int) -> None:
    taken = photo(kind, turned=turned)
    assert WHO.encode() in taken
    bare = laid_bare(taken)
    assert seen(bare) == seen(taken)
    assert exif_of(bare) == ({} if turned == 1 else {Base.Orientation: turned})
    assert WHO.encode() not in bare
    assert b"GPS" not in bare
    with Image.open(io.BytesIO(bare)) as picture:
        assert picture.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("kind", KINDS)
def test_laid_bare_twice_is_laid_bare_once(kind: str) -> None:
    once = laid_bare(photo(kind, turned=6))
    assert laid_bare(once) == once


def test_a_progressive_photo_with_comments_and_fill_bytes_stays_whole() -> None:
    taken = photo("JPEG", progressive=True, comment=b"made in Jaffa")
    with_fill = taken[:2] + b"\xff\xff" + taken[2:]
    bare = laid_bare(with_fill)
    assert seen(bare) == seen(taken)
    assert b"Jaffa" not in bare


def test_the_film_behind_a_live_photo_is_cut_off() -> None:
    taken = photo("JPEG")
    assert laid_bare(taken + b"\x00\x00\x00\x18ftypmp42 32.0853,34.7818") == laid_bare(taken)
    assert laid_bare(photo("PNG") + b"and more").endswith(b"IEND\xae\x42\x60\x82")


def test_cmyk_of_print_shops_keeps_its_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (20, 20), (10, 200, 90, 40)).save(out, "JPEG")
    assert seen(laid_bare(out.getvalue())) == seen(out.getvalue())


def test_a_moving_gif_goes_on_moving_without_its_comment() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "loop": 0, "duration": 80}
    frames[0].save(out, "GIF", comment=b"made in Jaffa", **options)
    assert b"Jaffa" in out.getvalue()
    bare = laid_bare(out.getvalue())
    assert b"Jaffa" not in bare
    with Image.open(io.BytesIO(bare)) as moving:
        assert (moving.n_frames, moving.info["loop"]) == (3, 0)


def test_a_photo_with_rubbish_between_its_segments_is_drawn_again() -> None:
    taken = photo("JPEG", turned=6)
    odd = taken[:2] + taken[2:20] + b"rubbish" + taken[20:]
    assert laid_bare(odd).startswith(b"\xff\xd8\xff")
    assert WHO.encode() not in laid_bare(odd)
    assert Image.open(io.BytesIO(laid_bare(odd))).size == (32, 48), "upright"


@pytest.mark.parametrize("kind", [*KINDS, "GIF"])
def test_a_picture_cut_short_ends_with_an_answer(kind: str) -> None:
    whole = photo(kind)
    for length in range(12, len(whole), 7):
        with suppress(ValueError):
            assert WHO.encode() not in laid_bare(whole[:length])


def test_the_books_pictures_are_bare_even_under_a_false_name(tmp_path: Path, judged: Judge) -> None:
    items = (
        '<item id="p" href="p.jpg" media-type="image/jpeg"/>'
        '<item id="q" href="q.png" media-type="image/jpeg"/>'
        '<item id="r" href="r.bin" media-type="application/octet-stream"/>'
    )
    pictures = {"E/p.jpg": photo("JPEG"), "E/q.png": photo("PNG"), "E/r.bin": photo("WEBP")}
    clean = judged(epub(tmp_path / "a.epub", pictures, opf=opf(items=items))).clean
    with zipfile.ZipFile(clean) as box:
        for name, taken in pictures.items():
            kept = box.read(name)
            assert seen(kept) == seen(taken)
            assert WHO.encode() not in kept


def pdf_with(path: Path, taken: bytes, *, said: bytes = b"") -> Path:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(400, 600))
        shown = made.make_stream(taken, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        shown.Width, shown.Height, shown.BitsPerComponent = 48, 32, 8
        shown.ColorSpace, shown.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        shown.Metadata = made.make_stream(XMP)
        made.Root.Metadata = made.make_stream(said or b"<x:xmpmeta>A title</x:xmpmeta>")
        made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=shown))
        made.pages[0].Contents = made.make_stream(b"q 400 0 0 600 0 0 cm /Im0 Do Q")
        made.save(path)
    return path


def test_the_photos_of_a_pdf_say_nothing_of_where_and_look_the_same(
    tmp_path: Path, judged: Judge
) -> None:
    taken = photo("JPEG")
    clean = judged(pdf_with(tmp_path / "a.pdf", taken)).clean
    whole = clean.read_bytes()
    assert WHO.encode() not in whole
    assert b"GPS" not in whole
    with pikepdf.open(clean) as kept:
        shown = kept.pages[0].Resources.XObject.Im0
        assert seen(shown.read_raw_bytes()) == seen(taken)
        assert "/Metadata" not in shown
        assert "/Metadata" in kept.Root


def test_a_pdf_whose_own_words_say_where_loses_them(tmp_path: Path, judged: Judge) -> None:
    clean = judged(pdf_with(tmp_path / "a.pdf", photo("JPEG"), said=XMP)).clean
    with pikepdf.open(clean) as kept:
        assert b"GPS" not in (kept.Root.Metadata.read_bytes() if "/Metadata" in kept.Root else b"")


def test_what_stands_across_two_windows_is_blanked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = photo("JPEG")
    monkeypatch.setattr(blank, "WINDOW", 97)
    path = tmp_path / "three"
    path.write_bytes(b"x" * 50 + taken * 3)
    assert blank.blank_photos(path) == 6, "EXIF and XMP of each"
    assert path.stat().st_size == 50 + 3 * len(taken)
    assert WHO.encode() not in path.read_bytes()
