"""Faults of the API on demand: slow, too many, broken, cut off; before acting or after."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from threading import Lock
from typing import Literal, get_args

from sandbox.errors import Broken, StripeError, TooMany
from sandbox.wire import Json

Kind = Literal["slow", "rate_limit", "error", "drop"]
When = Literal["before", "after"]


@dataclass
class Fault:
    """What happens to the next `times` requests that match; "after" means the deed is done.

    `slow` waits `seconds` and then goes on. The others lose the answer: as a 429, as a 500,
    or by closing the connection.
    """

    kind: Kind
    when: When = "before"
    times: int = 1
    seconds: float = 0.0
    method: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or self.when not in get_args(When):
            raise ValueError(f"A fault is one of {get_args(Kind)}, {get_args(When)}.")

    def matches(self, method: str, path: str, when: When) -> bool:
        """Tell whether the request is one to spoil."""
        return (
            self.times > 0
            and self.when == when
            and self.method.upper() in {"", method}
            and path.startswith(self.path)
        )

    def error(self) -> StripeError | None:
        """Return the error to answer with, if there is to be an answer."""
        if self.kind == "rate_limit":
            return TooMany("Request rate limit exceeded.", code="rate_limit")
        if self.kind == "error":
            return Broken("An unknown error occurred. (You asked the sandbox for it.)")
        return None


class Faults:
    """The faults that are waiting for a request."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        """Let this fault happen."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Let nothing more happen."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str, when: When) -> Fault | None:
        """Return the fault for this request and count it down."""
        with self._lock:
            for fault in self._waiting:
                if fault.matches(method, path, when):
                    fault.times -= 1
                    return fault
        return None

    def waiting(self) -> list[Json]:
        """Return the faults that are still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting if fault.times > 0]
