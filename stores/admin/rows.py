"""What a list shows: rows as sentences, its filters and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise


@dataclass(frozen=True)
class Row:
    """One row of a list: a sentence (name, state, one number, next thing), never a table."""

    name: Text
    url: str
    state: Text = ""
    tone: str = ""
    """good, warn, bad or empty: how the state looks."""
    detail: Text = ""
    number: Text = ""
    number_url: str = ""
    next_step: Text = ""
    next_url: str = ""
    moves: Sequence[tuple[str, str, str]] = ()
    """Ways to move it in the list: up or down, the words for it, and where it is posted."""


@dataclass(frozen=True)
class Choice:
    """One choice of a filter."""

    label: Text
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter of a list."""

    title: Text
    choices: Sequence[Choice] = field(default_factory=tuple)


def filters_of(changelist: Any) -> Iterator[Filter]:
    """Return a list's filters as they stand."""
    for spec in changelist.filter_specs:
        choices = [
            Choice(each["display"], each["query_string"], bool(each["selected"]))
            for each in spec.choices(changelist)
        ]
        yield Filter(spec.title, choices)


def pages_of(changelist: Any) -> dict[str, str]:
    """Return which page this is and where its neighbours are; nothing when there is one."""
    if not changelist.multi_page:
        return {}
    number, last = changelist.page_num, changelist.paginator.num_pages
    pages = {"here": _("Page %(page)s of %(pages)s") % {"page": number, "pages": last}}
    if number > 1:
        pages["before"] = changelist.get_query_string({"p": number - 1})
    if number < last:
        pages["after"] = changelist.get_query_string({"p": number + 1})
    return pages
