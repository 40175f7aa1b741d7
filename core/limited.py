"""Run one of our modules in a process of its own, with limits on memory, time and output.

Whatever parses a stranger's file runs here: a bomb, a loop or a crash in a C library costs the
little process its life, and the caller gets an answer all the same. The module is run with `-m`,
must not import Django (it starts for every upload) and calls `answer` with its function.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST_ANSWER = 8 * 1024 * 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use: address space and written files in bytes, time in seconds."""

    memory: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    wall_seconds: int = 120
    file_bytes: int = 2048 * MEGABYTE
    open_files: int = 128


class TooHeavyError(Exception):
    """The job went over its memory, time or output."""


class CrashedError(Exception):
    """The job ended without an answer; the message is the tail of what it said."""


def run_limited(
    module: str, request: Mapping[str, object], *, limits: Limits | None = None
) -> dict[str, Any]:
    """Return what `module` answers to `request`; TooHeavyError or CrashedError when it cannot."""
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="limited-") as room:
        answer_path = Path(room) / "answer.json"
        order = {"request": request, "limits": asdict(limits), "answer": str(answer_path)}
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-m", module],
                input=json.dumps(order).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TMPDIR": room},
                timeout=limits.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise TooHeavyError(module) from late
        return _read_answer(answer_path, done, module)


def _read_answer(
    path: Path, done: "subprocess.CompletedProcess[bytes]", module: str
) -> dict[str, Any]:
    tail = done.stderr[-2000:].decode(errors="replace")
    # A negative code is a signal: XCPU and KILL for time, SEGV and ABRT when memory ran out in C.
    if done.returncode < 0 or "MemoryError" in tail or "File too large" in tail:
        raise TooHeavyError(module)
    if done.returncode or not path.exists() or path.stat().st_size > LONGEST_ANSWER:
        raise CrashedError(tail)
    answer: dict[str, Any] = json.loads(path.read_bytes())
    return answer


def answer(function: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The other side, called by the module's `__main__`: confine this process, then do the job."""
    order = json.loads(sys.stdin.buffer.read())
    _confine(Limits(**order["limits"]))
    result = function(order["request"])
    Path(order["answer"]).write_text(json.dumps(result), encoding="utf-8")


def _confine(limits: Limits) -> None:
    for kind, ceiling in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_AS, limits.memory),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
        resource.setrlimit(kind, (allowed, allowed))
