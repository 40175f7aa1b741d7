"""bin/test: every check, then every test; pytest's own summary comes last and counts them all."""

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from house import site
from house.audits import Unreachable
from house.checks import AUDITS, CHECKS, Check
from house.console import say
from house.places import PYTHON, ROOT
from house.postgres import test_database
from house.shell import Arguments, attempt

PYTEST: Arguments = [PYTHON, "-m", "pytest", "-p", "tests.plugins.tools", "--no-migrations"]
"""Tables are made straight from the models; the migrations run as a check and on PostgreSQL."""
NO_TESTS = 5


def run(arguments: Sequence[str]) -> int:
    """Set up, then run what was asked for; return the exit code."""
    asked, others = _parser().parse_known_args(arguments)
    site.build(for_tests=True)
    options = [*(["--long"] if asked.long else []), *(["--forbid-skips"] if asked.no_skip else [])]
    options += others
    if asked.paths:
        return attempt([*PYTEST, *options, *map(_from_root, asked.paths)])
    address = test_database()
    failed = [*_checks(), *_audits(), *_postgres(address, options, forbid_skips=asked.no_skip)]
    told = [f"--failed-check={name}" for name in failed]
    told += ["--after-postgres"] if address is not None else []
    return attempt([*PYTEST, *_spread(), *options, *told])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Run every check and test; options not known here are pytest's.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only the tests there, no checks")
    parser.add_argument("--long", action="store_true", help="the long suites too")
    parser.add_argument("--no-skip", action="store_true", help="what cannot run here is a failure")
    return parser


def _from_root(path: str) -> str:
    """Return a path given from the caller's folder as one from the project's."""
    file, colon, rest = path.partition("::")
    given = Path(os.environ.get("CALLED_FROM", ROOT), file)
    return f"{given.resolve() if given.exists() else file}{colon}{rest}"


def _spread() -> list[str]:
    """Return how tests are spread: who is done early takes over from who has long ones left."""
    return ["-n", os.environ.get("TEST_PROCESSES", "auto"), "--dist", "worksteal"]


def _checks() -> list[str]:
    """Run the checks, as many at once as there are cores; say and return which fail."""
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        timed = pool.map(_timed, CHECKS.values())
        for name, (complaints, took) in zip(CHECKS, timed, strict=True):
            say(f"· {name}: {'FAILED' if complaints else 'ok'} ({took:.0f} s)")
            if complaints:
                say(complaints)
                failed.append(name)
    return failed


def _timed(check: Check) -> tuple[str, float]:
    begun = time.monotonic()
    complaints = check()
    return complaints, time.monotonic() - begun


def _audits() -> list[str]:
    failed = []
    for name, audit in AUDITS.items():
        try:
            weaknesses = audit()
        except Unreachable:
            say(f"· {name}: not asked, the registry here does not answer for advisories")
            continue
        say(f"· {name}: {'FAILED' if weaknesses else 'ok'}")
        if weaknesses:
            say("\n".join(weaknesses))
            failed.append(name)
    return failed


def _postgres(address: str | None, options: list[str], *, forbid_skips: bool) -> list[str]:
    """Run the marked tests on PostgreSQL where it answers; return what failed."""
    if address is None:
        say("· PostgreSQL does not answer: the tests marked postgres run on SQLite only")
        return ["PostgreSQL is missing"] if forbid_skips else []
    say("· tests marked postgres, on PostgreSQL")
    command = [*PYTEST, "-m", "postgres", *_spread(), "--create-db", "--migrations"]
    code = attempt([*command, *options], env={"DATABASE_URL": address})
    return [] if code in (0, NO_TESTS) else ["tests on PostgreSQL"]
