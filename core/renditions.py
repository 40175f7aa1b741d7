"""The limited process that decodes one picture and writes it again in several widths.

Free of Django. Everything that came with the picture but its pixels (place, camera, comments) is
gone from what is written.
"""

import io
import warnings
from pathlib import Path
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from core.limited import answer
from core.picture_limits import LARGEST, MOST_PIXELS

WIDTHS = (320, 640, 1280, 1920)
LONGEST_SIDE = 2560
"""Of a picture that is written again whole, to be looked at closely."""
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF")
MOVING = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
HEAD = 1024


class UnfitPicture(Exception):
    """Why the picture is not taken; the code has its sentence in `core.images`."""


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Write the renditions of `request["path"]` into `request["into"]` and describe them."""
    pi_heif.register_heif_opener()
    try:
        picture = _decode(Path(request["path"]))
        if request["into"] is None:
            return {"width": picture.width, "height": picture.height}
        if request.get("is_whole"):
            return _write_whole(picture, Path(request["into"]))
        if request["ratio"]:
            picture = picture.crop(crop_box(picture.size, request["ratio"], request["focal"]))
        return _write_all(picture, Path(request["into"]))
    except UnfitPicture as unfit:
        return {"refused": str(unfit)}


def crop_box(
    size: tuple[int, int], ratio: tuple[int, int], focal: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Return the largest box of `ratio` inside `size`, its middle as near to `focal` as it fits."""
    width, height = size
    wanted = ratio[0] / ratio[1]
    box_width = min(width, max(1, round(height * wanted)))
    box_height = min(height, max(1, round(width / wanted)))
    left = min(max(round(focal[0] * width - box_width / 2), 0), width - box_width)
    top = min(max(round(focal[1] * height - box_height / 2), 0), height - box_height)
    return left, top, left + box_width, top + box_height


def _decode(path: Path) -> Image.Image:
    if path.stat().st_size > LARGEST:
        raise UnfitPicture("large_file")
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        opened = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as bomb:
        raise UnfitPicture("pixels") from bomb
    except UnidentifiedImageError as unknown:
        raise UnfitPicture(_stranger(path)) from unknown
    except (OSError, ValueError, SyntaxError) as bad:
        raise UnfitPicture("broken") from bad
    if opened.width * opened.height > MOST_PIXELS:
        raise UnfitPicture("pixels")
    try:
        if opened.format in MOVING and getattr(opened, "n_frames", 1) > 1:
            raise UnfitPicture("moving")
        # A JPEG can be decoded at half or a quarter of its size, at a fraction of the memory.
        opened.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
        opened.load()
        return _plain(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, EOFError) as bad:
        raise UnfitPicture("broken") from bad


def _stranger(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD).lower()
    if b"<svg" in head:
        return "svg"
    return "pdf" if head.startswith(b"%pdf") else "unknown"


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels alone, in sRGB, with transparency only where there was some."""
    profile = picture.info.get("icc_profile")
    clear = picture.has_transparency_data
    if profile and picture.mode in {"RGB", "CMYK"}:
        picture = _in_srgb(picture, profile)
    mode = "RGBA" if clear else "RGB"
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256).convert("L")
    pixels = picture.convert(mode)
    pixels.info = {}
    return pixels


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def _write_all(picture: Image.Image, into: Path) -> dict[str, Any]:
    files = []
    widths = [width for width in WIDTHS if width < picture.width]
    if len(widths) < len(WIDTHS):
        widths.append(picture.width)
    for width in widths:
        height = max(1, round(picture.height * width / picture.width))
        scaled = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for kind, options in (
            ("webp", {"quality": 80, "method": 4}),
            ("avif", {"quality": 58, "speed": 7, "max_threads": 1}),
        ):
            path = into / f"{width}.{kind}"
            scaled.save(path, kind.upper(), **options)
            files.append({"path": str(path), "kind": kind, "width": width, "height": height})
    return {
        "width": picture.width,
        "height": picture.height,
        "colour": _dominant(picture),
        "renditions": files,
    }


def _write_whole(picture: Image.Image, into: Path) -> dict[str, Any]:
    """Write it once, in the format every device opens: PNG where it is clear, JPEG elsewhere."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    is_clear = picture.mode == "RGBA"
    kind, options = ("png", {"optimize": False}) if is_clear else ("jpg", {"quality": 85})
    path = into / f"whole.{kind}"
    picture.save(path, "PNG" if is_clear else "JPEG", **options)
    return {"path": str(path), "kind": kind, "width": picture.width, "height": picture.height}


def _dominant(picture: Image.Image) -> str:
    """The colour most of the picture has, as #rrggbb."""
    small = picture.convert("RGB").resize((48, 48), Image.Resampling.BOX)
    coded = small.quantize(8)
    counts = coded.getcolors() or [(1, 0)]
    _, index = max(counts)
    palette = coded.getpalette() or [0, 0, 0]
    at = int(index) * 3 if isinstance(index, int) else 0
    return "#{:02x}{:02x}{:02x}".format(*palette[at : at + 3])


if __name__ == "__main__":
    answer(work)
