"""How long two web processes take from their start to an answer, and how much memory they hold."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.measuring import ROUNDS, promised

MOST_SECONDS, MOST_MEGABYTES = 2.0, 200.0
ROOT = Path(__file__).resolve().parent.parent
PORT = 18_731


def environment(folder: str) -> dict[str, str]:
    """Return a machine's own, with a database nobody needs."""
    return os.environ | {
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
        "WEB_WORKERS": "2",
        "LOG_LEVEL": "ERROR",
    }


def answers() -> bool:
    """Ask once."""
    with suppress(OSError):
        way = HTTPConnection("127.0.0.1", PORT, timeout=5)
        way.request("GET", "/healthz")
        return way.getresponse().read() != b""
    return False


def held_by(pid: int) -> float:
    """Return how many megabytes the processes started by ``pid`` hold for themselves alone."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                lines = (stat.parent / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def start(folder: str) -> tuple[float, float]:
    """Return seconds to the first answer, and the megabytes of two processes after some more."""
    command = [sys.executable, "deploy/web.py", "--port", str(PORT)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment(folder))  # noqa: S603 -- ours
    try:
        while not answers():
            time.sleep(0.02)
        seconds = time.perf_counter() - begun
        time.sleep(2)
        for _ask in range(50):
            answers()
        return seconds, held_by(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main() -> None:
    """Start some times, print, and say by the exit whether both promises hold."""
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        found = [start(folder) for _round in range(ROUNDS)]
    seconds = median(each[0] for each in found)
    megabytes = median(each[1] for each in found)
    print(f"{'two web processes to an answer':34} {seconds:8.2f} s")
    is_fast = promised(seconds, at_most=MOST_SECONDS)
    print(f"{'memory of both (PSS)':34} {megabytes:8.0f} MB")
    is_small = promised(megabytes, at_most=MOST_MEGABYTES)
    sys.exit(not (is_fast and is_small))


if __name__ == "__main__":
    main()
