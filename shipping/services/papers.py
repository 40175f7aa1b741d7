"""Labels and packing lists as PDF, set right in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from core.paper import apart
from core.sheets import Sheet
from shipping.models import Parcel
from shipping.rules import lines_of
from stores.scope import current_store
from stores.services.business import business_of

FACES = Path(settings.BASE_DIR) / "static" / "built" / "fonts" / "paper"
MORE_FACES = ("latin-ext", "cyrillic", "arabic")
A4 = (210.0, 297.0)
SINGLE = (100.0, 150.0)
ACROSS, DOWN = 3, 8
LABEL = (A4[0] / ACROSS, A4[1] / DOWN)
"""70 × 37.125 mm: the sheet of 24 labels that every stationer has."""
PAD = 5.0
HEIGHT = 0.46
"""Millimetres from line to line for each point of the letters."""
HEBREW = range(0x0590, 0x0800)
"""Hebrew and Arabic letters: what is written in them begins at the right."""


class _Paper(Sheet):
    """Paper with the faces of our documents."""

    def __init__(self, size: tuple[float, float]) -> None:
        super().__init__(format=size)
        self.set_margins(0, 0, 0)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.set_producer("Sevenfold")
        self.add_font("text", "", FACES / "text-400.ttf")
        self.add_font("text", "B", FACES / "text-700.ttf")
        for face in MORE_FACES:
            self.add_font(face, "", FACES / f"{face}.ttf")
        self.set_fallback_fonts(list(MORE_FACES), exact_match=False)

    def block(
        self, lines: Sequence[str], *, left: float, top: float, width: float, size: float
    ) -> float:
        """Set lines below each other from the paper's side of the moment; return where they end."""
        self.set_font("text", "", size)
        for line in lines:
            top = self.say(
                apart(line),
                left=left,
                width=width,
                top=top,
                height=size * HEIGHT,
                to_right=self.is_rtl,
            )
        return top


def _is_rtl(text: str) -> bool:
    return any(ord(letter) in HEBREW for letter in text)


def sheet_of_labels(parcels: Sequence[Parcel]) -> bytes:
    """Return labels on A4, three across and eight down; what is picked up has one too."""
    paper = _Paper(A4)
    for number, lines in enumerate(_addresses(parcels)):
        paper.is_rtl = _is_rtl("".join(lines[1:3]))
        place = number % (ACROSS * DOWN)
        if place == 0:
            paper.add_page()
        left, top = (place % ACROSS) * LABEL[0], (place // ACROSS) * LABEL[1]
        size = _fitting(paper, lines, LABEL[0] - 2 * PAD, LABEL[1] - 2 * PAD, most=10.0)
        paper.block(lines, left=left + PAD, top=top + PAD, width=LABEL[0] - 2 * PAD, size=size)
    return bytes(paper.output())


def single_labels(parcels: Sequence[Parcel]) -> bytes:
    """Return one label of 10 × 15 cm a page, with the sender, as printers of labels take them."""
    paper = _Paper(SINGLE)
    width = SINGLE[0] - 2 * 8
    for lines in _addresses(parcels):
        paper.add_page()
        sender = _sender()
        paper.is_rtl = _is_rtl("".join(sender))
        end = paper.block(sender, left=8, top=8, width=width, size=8)
        paper.line(8, end + 3, SINGLE[0] - 8, end + 3)
        paper.is_rtl = _is_rtl("".join(lines[1:3]))
        size = _fitting(paper, lines, width, SINGLE[1] - end - 20, most=17.0)
        paper.block(lines, left=8, top=end + 9, width=width, size=size)
    return bytes(paper.output())


def _fitting(
    paper: _Paper, lines: Sequence[str], width: float, height: float, *, most: float
) -> float:
    """Return the largest size at which the lines fit, down to six points."""
    size = most
    while size > 6:  # noqa: PLR2004 -- points that can still be read
        paper.set_font("text", "", size)
        rows = sum(len(paper.said(apart(line), width)) for line in lines)
        if rows * size * HEIGHT <= height:
            break
        size -= 0.5
    return size


def _addresses(parcels: Sequence[Parcel]) -> Iterator[list[str]]:
    """Yield one label for each order and place: two things for one person are one parcel."""
    seen: dict[tuple[object, ...], list[Parcel]] = {}
    for each in parcels:
        key = (each.order_reference, each.destination, each.pickup_id)
        seen.setdefault(key, []).append(each)
    home = current_store().country
    for together in seen.values():
        first = together[0]
        words = {"number": first.order_number}
        if first.pickup:
            point = _("To be picked up: %(place)s") % {"place": first.pickup.name}
            place = [first.name, point]
        else:
            # The country in letters that every post reads, unless the address is in ours.
            is_ours = _is_rtl(first.destination.street)
            place = lines_of(first.destination, home=home, language=None if is_ours else "en")
        said = [*place, first.phone, first.note, _("Order %(number)s") % words]
        yield [line for line in said if line]


def _sender() -> list[str]:
    store = current_store()
    business = business_of(store)
    lines = [line for line in business.lines(store.language) if line]
    return [line for line in (store.name, *lines, business.phone) if line]


def packing_list(parcels: Sequence[Parcel]) -> bytes:
    """Return what goes into which parcel, to tick off while packing; first how many of each."""
    paper = _Paper(A4)
    paper.is_rtl = get_language_bidi()
    paper.add_page()
    left, width = 18.0, A4[0] - 36
    home = current_store().country
    counts: dict[str, int] = {}
    for each in parcels:
        counts[each.title] = counts.get(each.title, 0) + each.quantity
    top = paper.block([_("Packing list")], left=left, top=18, width=width, size=16) + 3
    sums = [f"{count} × {title}" for title, count in counts.items()]
    top = paper.block(sums, left=left, top=top, width=width, size=12) + 4
    for each in parcels:
        place = (
            each.pickup.name
            if each.pickup
            else ", ".join(lines_of(each.destination, home=home)[1:])
        )
        lines = [f"{each.order_number} · {each.name}", f"{each.quantity} × {each.title}", place]
        if top > A4[1] - 40:
            paper.add_page()
            top = 18.0
        paper.rect(left if not paper.is_rtl else A4[0] - left - 4, top + 1, 4, 4)
        inner = left + 8 if not get_language_bidi() else left
        top = paper.block(lines, left=inner, top=top, width=width - 8, size=10) + 4
    return bytes(paper.output())
