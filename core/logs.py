"""What every line of the log carries: request, store, person, task; JSON for machines, or lines.

People appear by their ids only, never by name or address, and addresses of pages by the name of
their view, because a path may hold a key.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

Facts = dict[str, object]
_facts: ContextVar[Facts | None] = ContextVar("facts", default=None)
_sources: dict[str, Callable[[], object]] = {}


@contextmanager
def during(**facts: object) -> Iterator[Facts]:
    """Let all lines of a block carry these facts, and what is noted meanwhile."""
    token = _facts.set(dict(facts))
    try:
        yield _facts.get() or {}
    finally:
        _facts.reset(token)


def note(**facts: object) -> None:
    """Add facts to the lines that follow; nothing happens outside of a request or task."""
    kept = _facts.get()
    if kept is not None:
        kept.update(facts)


def known() -> Facts:
    """Return the facts of here and now, without those that are empty."""
    told = {name: source() for name, source in _sources.items()} | (_facts.get() or {})
    return {name: value for name, value in told.items() if value}


def add_source(name: str, source: Callable[[], object]) -> None:
    """Ask ``source`` for a fact at every line, unless it was noted."""
    _sources[name] = source


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for whoever gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: Facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **known(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """The same for eyes: the facts stand at the end."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """Return the first line; a traceback follows it."""
        facts = known() | getattr(record, "facts", {})
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        line = super().formatMessage(record)
        return f"{line}  [{told}]" if told else line
