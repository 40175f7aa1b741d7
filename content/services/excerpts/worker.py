"""The limited process that makes a sample of a book, or takes its cover out; without Django."""

from pathlib import Path
from typing import Any

from content.services.judge.found import Unfit
from core.limited import answer


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Write the sample that was asked for, or answer why there can be none."""
    source, target = Path(request["source"]), Path(request["target"])
    try:
        # Each parser costs a tenth of a second to load: only the one that is needed.
        if request["kind"] == "cover":
            from content.services.judge.epub import cover_in

            return {"cover": cover_in(source, target)}
        if request["kind"] == "pdf":
            from content.services.excerpts.pdf import excerpt_pdf

            excerpt_pdf(
                source,
                target,
                request["pages"],
                last=Path(request["last"]),
                title=request["title"],
                lines=request["lines"],
            )
        else:
            from content.services.excerpts.ending import Ending
            from content.services.excerpts.epub import excerpt_epub

            excerpt_epub(source, target, request["chapters"], Ending(**request["ending"]))
    except Unfit as unfit:
        return {"refused": unfit.code}
    return {}


if __name__ == "__main__":
    answer(work)
