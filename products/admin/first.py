"""What a format's admin offers for the first of what it sells, so that it opens on Today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from stores.slots import Text


@dataclass(frozen=True)
class FirstContent:
    """How the first of what a product sells is put in; see stores.slots.FirstStep."""

    sentence: Text
    verb: Text
    minutes: int
    form: Callable[[Any, Any], Any]
    save: Callable[[HttpRequest, Any], str]
