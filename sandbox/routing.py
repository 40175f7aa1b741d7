"""One operation of the API: its path, what it does, and the parameters it honours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sandbox.account import Account
from sandbox.wire import Json

PAGING = "limit starting_after ending_before"


class Route(NamedTuple):
    """One operation: `path` as the schema writes it, `does(account, params, *ids)`.

    Parameters that Stripe knows and `honours` does not name are refused, never ignored.
    """

    verb: str
    path: str
    does: Callable[..., Json]
    honours: str = ""

    def match(self, path: str) -> tuple[str, ...] | None:
        """Return the ids in the path, or None when it is another operation's."""
        pattern = re.sub(r"\{\w+\}", r"([^/]+)", self.path)
        found = re.fullmatch(pattern, path)
        return found.groups() if found else None

    def call(self, account: Account, params: Json, ids: tuple[str, ...]) -> Json:
        """Do it."""
        return self.does(account, params, *ids)

    @property
    def honoured(self) -> frozenset[str]:
        """The names of all parameters that have an effect."""
        return frozenset((*self.honours.split(), "expand"))
