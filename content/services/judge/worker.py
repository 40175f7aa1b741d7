"""The limited process that parses one uploaded file; it never imports Django."""

from pathlib import Path
from typing import Any

from content.services.judge.found import Unfit
from content.services.judge.sniff import sniff
from core.limited import answer

MEGABYTE = 1024 * 1024
LARGEST = {"epub": 600 * MEGABYTE, "pdf": 2048 * MEGABYTE}


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of the file, or the code and detail of why it is refused."""
    try:
        return _judge(Path(request["path"]), Path(request["into"]), set(request["accept"]))
    except Unfit as unfit:
        return {"refused": unfit.code, "detail": unfit.detail}


def _judge(path: Path, into: Path, accept: set[str]) -> dict[str, Any]:
    kind = sniff(path)
    if kind not in accept:
        raise Unfit(f"not_{'_'.join(sorted(accept))}")
    if path.stat().st_size > LARGEST[kind]:
        raise Unfit("too_large", most=LARGEST[kind] // MEGABYTE)
    # Each parser costs a tenth of a second to load: only the one that is needed.
    if kind == "pdf":
        from content.services.judge.pdf import judge_pdf

        return judge_pdf(path, into)
    from content.services.judge.epub import judge_epub

    return judge_epub(path, into)


if __name__ == "__main__":
    answer(work)
