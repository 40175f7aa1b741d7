"""Doing the same thing many times at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def together(times: int, act: Callable[[int], Any]) -> list[Any]:
    """Do something so many times at once and return what each got, or its error."""
    gate, got = Barrier(times), [None] * times

    def run(number: int) -> None:
        gate.wait()
        try:
            got[number] = act(number)
        except Exception as error:
            got[number] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got
