"""A page and a task that take their time, for the tests of ending."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from config.celery import app

SECONDS = 2


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Say at once that it began, and answer later."""
    query = environ.get("QUERY_STRING", "")
    if query:
        Path(query).touch()
        time.sleep(SECONDS)
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]


@app.task(name="tests.slow")
def slow(place: str) -> None:
    """Say that it began, and that it ended."""
    Path(place, "begun").touch()
    time.sleep(SECONDS)
    Path(place, "ended").touch()
