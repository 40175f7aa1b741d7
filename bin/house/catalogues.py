"""Compiled translations: .mo beside every .po, written by Babel, so no machine needs gettext."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from house.places import ROOT
from house.stamps import once

FOLDERS = ("locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po")
ELSEWHERE = {"node_modules", "var"}


def sources() -> Iterator[Path]:
    """Yield every catalogue of the project."""
    for pattern in FOLDERS:
        for path in ROOT.glob(pattern):
            first = path.relative_to(ROOT).parts[0]
            if first not in ELSEWHERE and not first.startswith("."):
                yield path


def prepare() -> None:
    """Compile the catalogues that changed; entries marked fuzzy are left out, as gettext does."""
    for source in sources():
        name = source.relative_to(ROOT).as_posix()
        compiled = source.with_suffix(".mo")
        stamp = f"mo-{name.replace('/', '-')}"
        with once(stamp, f"compiling {name}", [source], made=compiled) as due:
            if due:
                with source.open("rb") as text:
                    catalogue = read_po(text)
                with compiled.open("wb") as binary:
                    write_mo(binary, catalogue, use_fuzzy=False)
