"""The limited process that finds what readers left in one file again in another; no Django here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from content.services.carrying.finding import follow, follow_place, nearest
from content.services.carrying.letters import letters_of
from core.limited import answer


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Return, for each thing wanted and by its key, where it stands now; None where it does not."""
    old, new = (_text(request["kind"], Path(request[name])) for name in ("old", "new"))
    found = {each["key"]: _found(old, new, each) for each in request["wanted"]}
    return {"found": found}


def _text(kind: str, path: Path) -> Any:
    # Each parser costs a tenth of a second to load: only the one that is needed.
    if kind == "pdf":
        from content.services.carrying.pdf import PdfText

        return PdfText(path)
    from content.services.carrying.epub import EpubText

    return EpubText(path)


def _found(old: Any, new: Any, wanted: dict[str, Any]) -> dict[str, Any] | None:
    if not old.letters.row and not new.letters.row and wanted["kind"] != "place":
        same = getattr(old, "count", None) == getattr(new, "count", 0)  # pictures of pages
        return {name: wanted[name] for name in ("anchor", "fraction", "chapter")} if same else None
    span = old.span(wanted["anchor"])
    if span is None:
        span = (int(wanted["fraction"] * max(len(old.letters.row) - 1, 0)),) * 2
    if wanted["kind"] in {"place", "bookmark"}:
        return _place(old, new, span[0], wanted)
    words = letters_of(wanted["quote"])
    whole = old.letters.row[span[0] : span[1]]
    if words and not whole.startswith(words):
        at = nearest(old.letters.row, words, span[0])
        span = (at, at + len(words)) if at is not None else span
        if at is None:
            return _by_words_alone(new, words, wanted)
    there = follow(old.letters.row, span, new.letters.row)
    if there is None and words and len(words) < span[1] - span[0]:
        there = follow(old.letters.row, (span[0], span[0] + len(words)), new.letters.row)
    return _written(new, *there) if there is not None else None


def _by_words_alone(new: Any, words: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The old file does not hold the words where the note says: they decide by themselves."""
    at = nearest(new.letters.row, words, int(wanted["fraction"] * len(new.letters.row)))
    return _written(new, at, at + len(words)) if at is not None else None


def _place(old: Any, new: Any, at: int, wanted: dict[str, Any]) -> dict[str, Any] | None:
    is_bookmark = wanted["kind"] == "bookmark"
    there = follow_place(old.letters.row, at, new.letters.row, is_bound=is_bookmark)
    if there is None:
        return None
    if is_bookmark or not hasattr(new, "place"):
        return _written(new, there)
    return {"anchor": new.place(there), "fraction": new.fraction(there), "chapter": ""}


def _written(new: Any, start: int, end: int | None = None) -> dict[str, Any]:
    return {
        "anchor": new.anchor(start, end),
        "fraction": new.fraction(start),
        "chapter": new.chapter(start),
    }


if __name__ == "__main__":
    answer(work)
