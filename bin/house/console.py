"""What the commands say: one line per step, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """The command cannot go on; the message tells the person at the keyboard what to do."""


def say(text: str = "") -> None:
    """Write one line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step and, when it took a while, how long."""
    say(f"· {title}")
    begun = time.monotonic()
    yield
    taken = time.monotonic() - begun
    if taken > 1:
        say(f"  {taken:.0f} s")
