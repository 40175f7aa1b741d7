"""Look at the pictures inside a book without decoding them: their size must be believable."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from content.services.judge.found import Unfit, plain
from content.services.judge.package import Item
from content.services.judge.zipped import SafeZip

MOST_PIXELS = 80_000_000
LARGEST_PICTURE = 64 * 1024 * 1024
KNOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def check_picture(box: SafeZip, item: Item) -> None:
    """Raise Unfit when a picture is broken or would fill a phone's memory."""
    if item.media_type not in KNOWN:
        return
    with warnings.catch_warnings():
        # Pillow only warns of 90 million pixels and more; our own limit stands below that.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(box.read(item.path, LARGEST_PICTURE))) as picture:
                width, height = picture.size
        except Image.DecompressionBombError as bomb:
            raise Unfit("epub_picture_large", name=plain(item.path)) from bomb
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as bad:
            raise Unfit("epub_picture", name=plain(item.path)) from bad
    if width * height > MOST_PIXELS:
        raise Unfit("epub_picture_large", name=plain(item.path))
