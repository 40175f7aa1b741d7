"""The one place that starts other programs and waits for them."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from house.console import Stop
from house.places import PYTHON, ROOT

Arguments = Sequence[str | Path]


def attempt(arguments: Arguments, env: Mapping[str, str] | None = None) -> int:
    """Run a program with its output shown and return its exit code (127 when it is not there)."""
    try:
        finished = subprocess.run(  # noqa: S603 -- the arguments are ours, and no shell reads them
            [str(argument) for argument in arguments],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            check=False,
        )
    except FileNotFoundError:
        return 127
    return finished.returncode


def run(arguments: Arguments, env: Mapping[str, str] | None = None) -> None:
    """Run a program that must succeed; Stop names it when it does not."""
    code = attempt(arguments, env)
    if code:
        raise Stop(f"this failed with exit code {code}: {' '.join(map(str, arguments))}")


def outcome(arguments: Arguments, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program quietly; return its exit code (127: it is not there) and what it printed."""
    try:
        finished = subprocess.run(  # noqa: S603 -- the arguments are ours, and no shell reads them
            [str(argument) for argument in arguments],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return 127, ""
    return finished.returncode, finished.stdout.strip()


def output_of(arguments: Arguments) -> str:
    """Return what a program prints, whatever its exit code, without its complaints."""
    try:
        finished = subprocess.run(  # noqa: S603 -- the arguments are ours, and no shell reads them
            [str(argument) for argument in arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return finished.stdout.strip()


def manage(*arguments: str, env: Mapping[str, str] | None = None) -> None:
    """Run one of Django's commands in the project's Python."""
    run([PYTHON, "manage.py", *arguments], env)
