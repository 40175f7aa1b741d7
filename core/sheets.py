"""Paper that text is set on. Import it where paper is made, not above: a web process that makes
none is a fifth smaller without the library behind it, and starts sooner."""

from __future__ import annotations

import unicodedata

from fpdf import FPDF
from fpdf.fonts import TTFFont

from core.paper import UNSEEN, Run, lines_of


class Sheet(FPDF):
    """Paper whose lines begin at the reader's side, whichever that is."""

    is_rtl = False

    def said(self, text: str, width: float) -> list[list[Run]]:
        """Return text as the lines it takes in the face of the moment."""
        known: dict[str, float] = {}

        def measure(letters: str) -> float:
            if letters not in known:
                known[letters] = self._wide(Run(letters, is_rtl=False))
            return known[letters]

        return lines_of(self._settable(text), width=width, is_rtl=self.is_rtl, measure=measure)

    def say(
        self, text: str, *, left: float, width: float, top: float, height: float, to_right: bool
    ) -> float:
        """Set text into a column, against one of its sides; return where it ends."""
        for runs in self.said(text, width):
            wide = [self._wide(run) for run in runs]
            at = left + (width - sum(wide) if to_right else 0)
            for run, each in zip(runs, wide, strict=True):
                self._lay(run, at, top, each, height)
                at += each
            top += height
        return top

    def _settable(self, text: str) -> str:
        """Return text without the pictures and signs that no face has: a box would say nothing."""
        faces = [self.current_font, *map(self.fonts.get, self._fallback_font_ids)]
        return "".join(
            letter
            for letter in text
            if unicodedata.category(letter) not in {"So", "Sk"}
            or any(isinstance(face, TTFFont) and ord(letter) in face.cmap for face in faces)
        )

    def _wide(self, run: Run) -> float:
        text = "".join(letter for letter in run.text if letter not in UNSEEN)
        self._towards(run)
        return float(self.get_string_width(text)) if text else 0.0

    def _lay(self, run: Run, left: float, top: float, width: float, height: float) -> None:
        self._towards(run)
        self.set_xy(left, top)
        self.cell(width, height, run.text, align="L")

    def _towards(self, run: Run) -> None:
        self.set_text_shaping(use_shaping_engine=True, direction="rtl" if run.is_rtl else "ltr")
