"""Read a manuscript: a folder with `book.toml` and one small Markdown file a chapter.

Of Markdown it knows what a book here needs: `#` for the chapter's title and `##` within it, lists,
numbered lists, tables, `>` for a note, `![alt](picture)`, and **bold**.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_NUMBERED = re.compile(r"^\d+\.\s+")
_FIGURE = re.compile(r"^!\[(?P<alt>.+)\]\((?P<name>[a-z_]+)\)$")
_RULE = re.compile(r"^\|[\s:|-]+\|$")


class ManuscriptError(ValueError):
    """The folder is not a manuscript; the message names the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A word in the margin: a tip, a warning."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, numbered when the order matters."""

    items: tuple[str, ...]
    is_numbered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its head."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of our drawings, with words for who does not see it."""

    name: str
    alt: str


Block = Heading | Paragraph | Note | Listing | Table | Figure


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter, in order of reading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A whole manuscript; `year` dates the file, `drawing` is the picture of its cover."""

    slug: str
    title: str
    subtitle: str
    author: str
    language: str
    year: int
    colour: str
    drawing: str
    summary: str
    words: dict[str, str]
    chapters: tuple[Chapter, ...] = field(default=())

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self.language == "he" else "ltr"

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the drawings inside, each once, in order."""
        names = [b.name for c in self.chapters for b in c.blocks if isinstance(b, Figure)]
        return tuple(dict.fromkeys(names))


def read_manuscript(folder: Path) -> Book:
    """Return the book in `folder`; ManuscriptError when it is not one."""
    try:
        facts = tomllib.loads((folder / "book.toml").read_text(encoding="utf-8"))
        chapters = tuple(
            parse_chapter(path.read_text(encoding="utf-8"), path.name)
            for path in sorted(folder.glob("[0-9]*.md"))
        )
        return Book(slug=folder.name, chapters=chapters, **facts)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as bad:
        raise ManuscriptError(f"{folder.name}: {bad}") from bad


def parse_chapter(text: str, name: str) -> Chapter:
    """Return the chapter written in `text`; blocks are parted by empty lines."""
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("# "):
        raise ManuscriptError(f"{name}: the first line is not a title")
    pieces = [piece for piece in re.split(r"\n\s*\n", rest.strip()) if piece.strip()]
    return Chapter(first[2:].strip(), tuple(_block(piece) for piece in pieces))


def _block(piece: str) -> Block:
    lines = [line.strip() for line in piece.strip().splitlines()]
    first = lines[0]
    if first.startswith("## "):
        return Heading(first[3:])
    if figure := _FIGURE.match(first):
        return Figure(figure["name"], figure["alt"])
    if first.startswith("> "):
        return Note(" ".join(line.lstrip("> ") for line in lines))
    if first.startswith("- "):
        return Listing(tuple(line[2:] for line in lines), is_numbered=False)
    if _NUMBERED.match(first):
        return Listing(tuple(_NUMBERED.sub("", line) for line in lines), is_numbered=True)
    if first.startswith("|"):
        return Table(tuple(_cells(line) for line in lines if not _RULE.match(line)))
    return Paragraph(" ".join(lines))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))
