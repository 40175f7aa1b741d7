"""The limited process that reads the text of one file; it never imports Django."""

import json
from pathlib import Path
from typing import Any

from content.services.judge.found import Unfit
from core.limited import answer

MOST_LETTERS = 6_000_000
"""Of one file; the Bible has four million, and what comes after so many is not searched."""


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Write the sections of the file as lines of JSON, and answer how many words there are."""
    try:
        return _read(Path(request["source"]), Path(request["target"]), request["kind"])
    except Unfit as unfit:
        return {"refused": unfit.code}


def _read(source: Path, target: Path, kind: str) -> dict[str, Any]:
    from content.services.searching.extract import sections_of_epub, sections_of_pdf

    sections = sections_of_pdf(source) if kind == "pdf" else sections_of_epub(source)
    words, left = 0, MOST_LETTERS
    with target.open("w", encoding="utf-8") as out:
        for section in sections:
            section["text"] = section["text"][:left]
            left -= len(section["text"])
            words += len(section["text"].split())
            out.write(json.dumps(section, ensure_ascii=False) + "\n")
            if left <= 0:
                break
    return {"words": words}


if __name__ == "__main__":
    answer(work)
