import os
import signal
import sys
import time
from pathlib import Path

import pytest
from house.children import Children
from house.console import Stop

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
GRANDCHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture(autouse=True)
def _signals_as_before() -> object:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def pid_in(log: Path) -> int:
    for _ in range(200):
        if log.exists() and log.read_text().strip():
            return int(log.read_text())
        time.sleep(0.05)
    raise AssertionError("the program wrote nothing")


def is_gone(pid: int) -> bool:
    """Whether a killed process is gone, or will be in a moment."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_when_one_dies_all_end_and_its_last_words_are_shown(tmp_path: Path) -> None:
    dying = [sys.executable, "-c", "print('no disk left'); raise SystemExit(3)"]
    children = Children(tmp_path, os.environ)

    def run() -> None:
        with children:
            children.start("web", [sys.executable, "-c", GRANDCHILD])
            pid_in(tmp_path / "web.log")
            children.start("mailer", dying)
            children.wait()

    with pytest.raises(Stop, match=r"(?s)no disk left.*mailer ended with exit code 3"):
        run()
    grandchild = pid_in(tmp_path / "web.log")
    assert is_gone(grandchild)


def test_a_signal_ends_all_and_is_no_error(tmp_path: Path) -> None:
    with Children(tmp_path, os.environ) as children:
        children.start("web", [sys.executable, "-c", GRANDCHILD])
        grandchild = pid_in(tmp_path / "web.log")
        os.kill(os.getpid(), signal.SIGTERM)
        children.wait()
    assert is_gone(grandchild)


def test_a_program_that_never_gets_ready_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    def run() -> None:
        with Children(tmp_path, os.environ) as children:
            children.start("web", SLEEP)
            children.wait_until(lambda: False, seconds=0)

    with pytest.raises(Stop, match="did not answer"):
        run()
