"""What may go wrong with webhooks, on demand."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from threading import Lock

from sandbox.wire import Json


@dataclass
class Chaos:
    """The switches; all off is a good day.

    `hold` keeps events until they are asked for, `duplicate` sends each so many times more,
    `delay` waits so many seconds, `reorder` sends the newest of a batch first, `drop` loses the
    next so many for good, `fail` loses the receiver's next so many answers (it is tried again).
    """

    hold: bool = False
    duplicate: int = 0
    delay: float = 0.0
    reorder: bool = False
    drop: int = 0
    fail: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()

    def set(self, wanted: Json) -> None:
        """Turn the named switches; an unknown name raises ValueError."""
        names = {one.name for one in fields(self)}
        if unknown := set(wanted) - names:
            raise ValueError(f"There is no switch {', '.join(sorted(unknown))}.")
        with self._lock:
            for name, value in wanted.items():
                setattr(self, name, type(getattr(self, name))(value))

    def clear(self) -> None:
        """Turn all switches off."""
        self.set(asdict(Chaos()))

    def take(self, name: str) -> bool:
        """Count one of a counted switch down; tell whether it was on."""
        with self._lock:
            left = getattr(self, name)
            setattr(self, name, max(0, left - 1))
            return bool(left > 0)

    def as_json(self) -> Json:
        """Return all switches."""
        return asdict(self)
