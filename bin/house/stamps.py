"""Stamps: a step whose inputs have not changed since it last succeeded is not done again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from house.console import step
from house.places import ROOT, STAMPS


def digest(inputs: Iterable[Path], *facts: str) -> str:
    """Return a hash of the files' names and contents and of further facts."""
    total = hashlib.sha256(repr(facts).encode())
    for path in sorted(inputs):
        total.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read(name: str) -> str:
    """Return the stamp of the last success, or nothing."""
    path = STAMPS / name
    return path.read_text() if path.exists() else ""


def write(name: str, value: str) -> None:
    """Remember that the step succeeded with these inputs."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def holds(name: str, inputs: Iterable[Path], *facts: str, made: Path | None = None) -> bool:
    """Whether the step succeeded with these inputs, and what it made is still there."""
    return read(name) == digest(inputs, *facts) and (made is None or made.exists())


def forget(name: str) -> None:
    """Make the step due again."""
    (STAMPS / name).unlink(missing_ok=True)


@contextmanager
def once(
    name: str, title: str, inputs: Iterable[Path], *facts: str, made: Path | None = None
) -> Iterator[bool]:
    """Yield whether the step is due; when its body ends without an error, it is stamped.

    ``made`` is what the step makes: when that is gone, the step is due whatever the stamp says.
    """
    value = digest(inputs, *facts)
    if read(name) == value and (made is None or made.exists()):
        yield False
        return
    with step(title):
        yield True
    write(name, value)
