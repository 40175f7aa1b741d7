"""The type: open fonts cut down to Hebrew, ASCII, digits and currency, and their stylesheet.

Receipts and invoices get whole faces, because people's names have more letters than our pages.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from house.places import BUILT, NODE_MODULES

RANGES = {
    # letters, niqqud (cantillation stays out), presentation forms, sheqel, and the marks between
    "hebrew": "U+5B0-5C7,U+5D0-5F4,U+200E-200F,U+20AA,U+FB1D-FB4F",
    "latin": "U+20-7E,U+A0,U+A3,U+A9,U+AB,U+AE,U+B0,U+B7,U+BB,U+D7,U+2009-200B,U+2010-2014,"
    "U+2018-201E,U+2022,U+2026,U+202F,U+2032-2033,U+20AC,U+2122,U+2190-2193,U+2212",
}
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt", "rvrn", "rlig", "tnum", "lnum"]


@dataclass(frozen=True)
class Fallback:
    """A face most machines have, and the mean advance of its Latin letters in em."""

    face: str
    latin_width: float


ARIAL = Fallback("Arial", 0.444)
TIMES = Fallback("Times New Roman", 0.407)


@dataclass(frozen=True)
class Family:
    """One family as npm delivers it."""

    name: str
    package: str
    fallback: Fallback
    latin_width: float
    weights: tuple[int, int] | None = (400, 700)
    """The part of the weight axis that is kept; None where there is but one weight."""

    @property
    def slug(self) -> str:
        """The family's name in file names."""
        return self.package.rsplit("/", 1)[1]

    def source(self, script: str) -> Path:
        """The file of one script."""
        cut = "wght-normal" if self.weights else "400-normal"
        return NODE_MODULES / self.package / "files" / f"{self.slug}-{script}-{cut}.woff2"


FAMILIES = (
    Family("Frank Ruhl Libre", "@fontsource-variable/frank-ruhl-libre", TIMES, 0.438, (500, 700)),
    Family("Assistant", "@fontsource-variable/assistant", ARIAL, 0.400),
    Family("Heebo", "@fontsource-variable/heebo", ARIAL, 0.446),
    Family("Rubik", "@fontsource-variable/rubik", ARIAL, 0.457),
    Family("Suez One", "@fontsource/suez-one", TIMES, 0.475, None),
    Family("Bellefair", "@fontsource/bellefair", TIMES, 0.376, None),
)

PAPER = ("assistant", ("hebrew", "latin", "latin-ext"))
PAPER_WEIGHTS = (400, 700)
PAPER_MORE = ("latin-ext", "cyrillic", "arabic")
"""Rubik's, for names that Assistant cannot write."""
WRITTEN = 3_786_912_000  # 2024, in the seconds since 1904 that fonts count


def build() -> None:
    """Write built/fonts/*.woff2, built/fonts.css and the faces of documents, built/fonts/paper."""
    folder = BUILT / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    rules = [rule for family in FAMILIES for rule in _family(family, folder)]
    (BUILT / "fonts.css").write_text("".join(rules))
    build_paper(folder / "paper")


def build_paper(folder: Path) -> None:
    """Write the TrueType files of which documents are set: no date in them, so always the same."""
    folder.mkdir(parents=True, exist_ok=True)
    name, scripts = PAPER
    for weight in PAPER_WEIGHTS:
        whole = Merger().merge([_still(name, script, weight) for script in scripts])
        (folder / f"text-{weight}.ttf").write_bytes(_dateless(whole))
    for script in PAPER_MORE:
        (folder / f"{script}.ttf").write_bytes(_still("rubik", script, 400).getvalue())


def _still(slug: str, script: str, weight: int) -> io.BytesIO:
    family = next(family for family in FAMILIES if family.slug == slug)
    font = TTFont(family.source(script), recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = None
    return io.BytesIO(_dateless(font))


def _dateless(font: TTFont) -> bytes:
    font["head"].modified = font["head"].created = WRITTEN
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _family(family: Family, folder: Path) -> Iterator[str]:
    for script, ranges in RANGES.items():
        font = _cut(family, script, ranges)
        file = folder / f"{family.slug}-{script}.woff2"
        font.flavor = "woff2"
        font.save(file)
        weight = "{} {}".format(*family.weights) if family.weights else "400"
        yield (
            f'@font-face{{font-family:"{family.name}";src:url(fonts/{file.name}) format("woff2");'
            f"font-weight:{weight};font-display:swap;unicode-range:{ranges}}}\n"
        )
    yield from _fallbacks(family, font)


def _fallbacks(family: Family, font: TTFont) -> Iterator[str]:
    """Two faces that take the family's place until it is here, so that no line moves."""
    yield _fallback(family, font, size=1, ranges=RANGES["hebrew"])
    size = family.latin_width / family.fallback.latin_width
    yield _fallback(family, font, size=size, ranges=RANGES["latin"])


def _fallback(family: Family, font: TTFont, *, size: float, ranges: str) -> str:
    metrics, em = font["hhea"], font["head"].unitsPerEm
    overrides = {
        "size-adjust": size,
        "ascent-override": metrics.ascent / em / size,
        "descent-override": -metrics.descent / em / size,
        "line-gap-override": metrics.lineGap / em / size,
    }
    adjusted = ";".join(f"{name}:{value:.2%}" for name, value in overrides.items())
    return (
        f'@font-face{{font-family:"{family.name} Fallback";src:local("{family.fallback.face}");'
        f"{adjusted};unicode-range:{ranges}}}\n"
    )


def _cut(family: Family, script: str, ranges: str) -> TTFont:
    font = TTFont(family.source(script))
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence travels with the font
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(_code_points(ranges)))
    subsetter.subset(font)
    if family.weights:
        instancer.instantiateVariableFont(font, {"wght": family.weights}, inplace=True)
    return font


def _code_points(ranges: str) -> Iterator[int]:
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)
