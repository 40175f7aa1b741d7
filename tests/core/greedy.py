"""A worker of the limited process that wants more than it may have; free of Django."""

import os
import time
from pathlib import Path
from typing import Any

from core.limited import answer


def work(request: dict[str, Any]) -> dict[str, Any]:
    greed = request["greed"]
    if not greed:
        return {"well": True}
    return globals()[greed](Path(request["into"])) or {}


def memory(into: Path) -> None:
    bytearray(1 << 30)


def memory_in_pieces(into: Path) -> None:
    kept = []
    while True:
        kept.append(os.urandom(1 << 20))


def cpu(into: Path) -> None:
    while True:
        pass


def disk(into: Path) -> None:
    with (into / "out").open("wb") as out:
        while True:
            out.write(bytes(1 << 16))


def recursion(into: Path) -> None:
    recursion(into)


def sleep(into: Path) -> None:
    time.sleep(60)


def files(into: Path) -> dict[str, Any]:
    try:
        kept = [(into / str(number)).open("wb") for number in range(200)]
    except OSError:
        return {"opened_all": False}
    return {"opened_all": bool(kept)}


def secrets(into: Path) -> dict[str, Any]:
    return {"found": [name for name, value in os.environ.items() if "secret" in value.lower()]}


if __name__ == "__main__":
    answer(work)
