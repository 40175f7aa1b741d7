import base64
import io

import pytest
from PIL import Image

from core.images import PictureRefusedError, make_renditions
from core.limited import Limits
from core.renditions import crop_box
from tests.content.files import flood

# 32 × 48 pixels of #2040a0 as a phone writes them; pi-heif reads HEIC and cannot write it.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0"
    "AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABoAAAAjaWluZgAAAAAA"
    "AQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmND"
    "AQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEB"
    "A3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAACAAAAABAAAAMAAAAAH////gAAAA"
    "Av////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACJtZGF0AAAA"
    "FigBr1jm9Oq//+syuR9Fvf/NM55Gp3w="
)


def save(path, size=(800, 600), kind="JPEG", mode="RGB", colour="#aa3311", **options):
    Image.new(mode, size, colour).save(path, kind, **options)
    return path


def refused(path, tmp_path):
    with pytest.raises(PictureRefusedError) as caught:
        make_renditions(path, into=tmp_path)
    return caught.value.code


def test_a_photograph_becomes_four_widths_of_two_kinds(tmp_path):
    made = make_renditions(save(tmp_path / "a.jpg", (3000, 2000)), into=tmp_path)
    assert sorted({r.width for r in made.renditions}) == [320, 640, 1280, 1920]
    for each in made.renditions:
        with Image.open(each.path) as opened:
            assert (opened.format.lower(), opened.size) == (each.kind, (each.width, each.height))


def test_a_small_picture_is_never_enlarged(tmp_path):
    made = make_renditions(save(tmp_path / "a.jpg", (500, 400)), into=tmp_path)
    assert sorted({r.width for r in made.renditions}) == [320, 500]


def test_a_phone_picture_stands_upright_and_forgets_where_it_was_taken(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "at home"
    made = make_renditions(save(tmp_path / "a.jpg", (800, 600), exif=exif), into=tmp_path)
    assert (made.width, made.height) == (600, 800)
    for each in made.renditions:
        assert b"at home" not in each.path.read_bytes()
        with Image.open(each.path) as opened:
            assert not opened.getexif()


def test_heic_from_a_phone_is_taken(tmp_path):
    (tmp_path / "a.heic").write_bytes(HEIC)
    made = make_renditions(tmp_path / "a.heic", into=tmp_path)
    assert (made.width, made.height) == (32, 48)


def test_avif_is_taken(tmp_path):
    made = make_renditions(save(tmp_path / "a.avif", kind="AVIF"), into=tmp_path)
    assert made.width == 800


def test_the_main_colour_is_known(tmp_path):
    made = make_renditions(save(tmp_path / "a.png", kind="PNG", colour="#2040a0"), into=tmp_path)
    assert made.colour == "#2040a0"


@pytest.mark.parametrize(("mode", "colour"), [("L", 9), ("P", 3), ("CMYK", (1, 2, 3, 4)), ("1", 1)])
def test_every_kind_of_pixel_is_taken(tmp_path, mode, colour):
    path = save(
        tmp_path / "a.tmp", kind="JPEG" if mode == "CMYK" else "PNG", mode=mode, colour=colour
    )
    assert make_renditions(path, into=tmp_path).renditions


def test_transparency_stays(tmp_path):
    path = save(tmp_path / "a.png", kind="PNG", mode="RGBA", colour=(1, 2, 3, 0))
    made = make_renditions(path, into=tmp_path)
    with Image.open(made.renditions[0].path) as opened:
        assert opened.convert("RGBA").getpixel((5, 5))[3] == 0


def test_the_crop_follows_what_matters(tmp_path):
    assert crop_box((1000, 500), (1, 1), (0.5, 0.5)) == (250, 0, 750, 500)
    assert crop_box((1000, 500), (1, 1), (0.0, 0.5)) == (0, 0, 500, 500)
    made = make_renditions(save(tmp_path / "a.jpg"), into=tmp_path, ratio=(2, 3), focal=(0.9, 0.5))
    assert (made.width, made.height) == (400, 600)


def test_a_flood_of_pixels_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(flood())
    (tmp_path / "b.png").write_bytes(flood(9000, 8000))
    assert refused(tmp_path / "a.png", tmp_path) == "pixels"
    assert refused(tmp_path / "b.png", tmp_path) == "pixels"


def test_a_moving_picture_is_refused(tmp_path):
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert refused(tmp_path / "a.gif", tmp_path) == "moving"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "svg"),
        (b"%PDF-1.7", "pdf"),
        (b"MZ", "unknown"),
        (b"", "unknown"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, content, code):
    (tmp_path / "a.jpg").write_bytes(content)
    assert refused(tmp_path / "a.jpg", tmp_path) == code


def test_half_a_picture_is_refused(tmp_path):
    whole = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(whole, "PNG")
    (tmp_path / "a.png").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    assert refused(tmp_path / "a.png", tmp_path) == "broken"


def test_a_picture_that_needs_too_much_is_refused(tmp_path):
    path = save(tmp_path / "a.jpg")
    with pytest.raises(PictureRefusedError) as caught:
        make_renditions(path, into=tmp_path, limits=Limits(wall_seconds=0))
    assert caught.value.code == "heavy"
    assert str(caught.value.sentence).endswith("try again.")
