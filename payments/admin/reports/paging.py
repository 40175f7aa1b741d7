"""Pages of the rows behind a number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

ON_A_PAGE = 50
LONGEST_PAGE = 6


def number_of_page(request: HttpRequest) -> int:
    """Return which page is asked for."""
    text = request.GET.get("p", "")
    is_one = text.isascii() and text.isdecimal() and len(text) <= LONGEST_PAGE
    return max(1, int(text)) if is_one else 1


def pages_of(request: HttpRequest, number: int, count: int) -> dict[str, Any]:
    """Return which page this is and where its neighbours are; nothing when there is one."""
    last = max(1, -(-count // ON_A_PAGE))
    if last == 1:
        return {}
    query = request.GET.copy()

    def at(page: int) -> str:
        query["p"] = str(page)
        return f"?{query.urlencode()}"

    pages = {"here": _("Page %(page)s of %(pages)s") % {"page": number, "pages": last}}
    if number > 1:
        pages["before"] = at(number - 1)
    if number < last:
        pages["after"] = at(number + 1)
    return {"pages": pages}
