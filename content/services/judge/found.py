"""What is found in a file, and why it cannot be taken; free of Django, for both processes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["epub", "pdf", "mp3", "m4a", "wav", "mp4", "mov"]
FILMS: frozenset[Kind] = frozenset({"mp4", "mov"})
Direction = Literal["ltr", "rtl"]

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ps", "ur", "yi"})
UNSTAMPABLE = "unstampable"
"""The warning about a file that could not carry the name of whoever buys it."""
AUDIO: tuple[Kind, ...] = ("mp3", "m4a", "wav")
"""The kinds of recordings that are taken: those every phone and podcast app plays."""
LONGEST_TEXT = 300
MOST_ENTRIES = 3000


class Unfit(Exception):
    """Raised while parsing; the code has its sentence in `reasons`, `detail` fills it."""

    def __init__(self, code: str, **detail: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents.

    `target` is a path inside the EPUB, a page number, or the second at which a chapter begins.
    """

    title: str
    target: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the creator should know though the file was taken; `code` as in `reasons`."""

    code: str
    detail: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the file is. `clean` is the copy to keep; the file that came is to be thrown away.

    `pages` is known for a PDF, `sections` for an EPUB, `seconds` for what is heard or seen; sizes
    are in bytes, points for the page of a PDF and pixels for a film.
    """

    kind: Kind
    media_type: str
    clean: Path
    size: int
    title: str = ""
    author: str = ""
    language: str = ""
    direction: Direction = "ltr"
    pages: int | None = None
    sections: int | None = None
    seconds: float | None = None
    page_size: tuple[float, float] | None = None
    cover: Path | None = None
    contents: tuple[Entry, ...] = ()
    description: str = ""
    spine: tuple[tuple[str, int], ...] = ()
    """The pages of an EPUB in reading order, each with how many words it holds."""
    warnings: tuple[Warned, ...] = ()

    @property
    def can_stamp(self) -> bool:
        """Whether a dry run could put a buyer's name into it."""
        is_book = self.kind not in FILMS
        return is_book and all(warned.code != UNSTAMPABLE for warned in self.warnings)


def plain(text: object) -> str:
    """One line of visible text, short enough to store."""
    visible = "".join(c if c.isprintable() else " " for c in str(text or ""))
    return " ".join(visible.split())[:LONGEST_TEXT]


def direction_of(language: str) -> Direction:
    """The direction a language is written in; left to right when unknown."""
    return "rtl" if language.lower().split("-")[0] in RIGHT_TO_LEFT else "ltr"
