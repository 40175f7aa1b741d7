"""A bare pikepdf rewrite in a limited process, to compare with."""

from typing import Any

import pikepdf

from core.limited import answer


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Open and save."""
    with pikepdf.open(request["source"]) as pdf:
        pdf.save(request["target"])
    return {}


if __name__ == "__main__":
    answer(work)
