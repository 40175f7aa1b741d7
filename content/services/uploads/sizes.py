"""How large a file may be, how it is cut, and how much of it a store may have on its way."""

from content.errors import BadUpload
from content.models import Upload
from content.services.judge.worker import LARGEST
from core.picture_limits import LARGEST as LARGEST_PICTURE

MEGABYTE = 1024 * 1024
PART_SIZE = 5 * MEGABYTE
"""The least S3 takes; a phone that loses its network loses no more than this."""
MOST: dict[str, int] = {
    Upload.Purpose.EPUB: LARGEST["epub"],
    Upload.Purpose.PDF: LARGEST["pdf"],
    Upload.Purpose.BOOK: max(LARGEST["epub"], LARGEST["pdf"]),
    Upload.Purpose.AUDIO: LARGEST["mp3"],
    Upload.Purpose.PICTURE: LARGEST_PICTURE,
    Upload.Purpose.FILM: max(LARGEST["mp4"], LARGEST["mov"]),
    Upload.Purpose.TRAILER: 300 * MEGABYTE,
}
"""The largest file for each purpose, in bytes."""
MOST_WAITING = 40
"""How many files of one store may be on their way or waiting for their form."""
MOST_BYTES = 20 * 1024 * MEGABYTE
"""How many bytes those may be together."""


def check_size(purpose: str, size: int) -> None:
    """Raise BadUpload for a purpose nobody has, an empty file or one that is too large."""
    if purpose not in MOST:
        raise BadUpload("nonsense")
    if size <= 0:
        raise BadUpload("empty")
    if size > MOST[purpose]:
        raise BadUpload("too_large", most=MOST[purpose] // MEGABYTE)


def count_of(upload: Upload) -> int:
    """Return how many parts the file has."""
    return -(-upload.size // upload.part_size)


def length_of(upload: Upload, number: int) -> int:
    """Return how many bytes part ``number`` has, from 1; BadUpload when there is no such part."""
    if not 1 <= number <= count_of(upload):
        raise BadUpload("no_such_part", number=number, count=count_of(upload))
    return min(upload.part_size, upload.size - (number - 1) * upload.part_size)
