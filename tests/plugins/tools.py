"""Which tools this machine has for the tests, and what is skipped without them."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.plugins.markup import can_check

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Return the machine's Chromium, or the one that CHROMIUM names."""
    named = os.environ.get("CHROMIUM", "")
    return next(filter(None, map(shutil.which, filter(None, (named, *BROWSERS)))), None)


def redis_url() -> str:
    """The Redis that tests may empty: the environment's, or database 15 of the local one."""
    return os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def _redis_answers() -> bool:
    address = urlsplit(redis_url())
    try:
        with socket.create_connection((address.hostname or "", address.port or 6379), 2) as talk:
            talk.sendall(b"PING\r\n")
            return bool(talk.recv(64))
    except OSError:
        return False


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's own programs: Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None


def nginx_program() -> str | None:
    """Return nginx: Debian keeps it off the path of who is not root."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _version(program: Path) -> int:
    return int("".join(filter(str.isdigit, program.parts[4])) or 0)


def _servers_can_be_started() -> bool:
    return postgres_programs() is not None and shutil.which("redis-server") is not None


@dataclass(frozen=True)
class Tool:
    """Something outside Python that marked tests need."""

    name: str
    is_here: Callable[[], bool]


TOOLS = {
    "redis": Tool("a Redis server at TEST_REDIS_URL", _redis_answers),
    "servers": Tool("a program of PostgreSQL or Redis", _servers_can_be_started),
    "browser": Tool("Chromium", lambda: find_browser() is not None),
    "nginx": Tool("nginx", lambda: nginx_program() is not None),
    "java": Tool("Java, for the W3C's checker", can_check),
    "ffmpeg": Tool("ffmpeg", lambda: shutil.which("ffmpeg") is not None),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sevenfold")
    group.addoption("--long", action="store_true", help="run the tests marked slow too")
    group.addoption(
        "--forbid-skips", action="store_true", help="a skipped test fails, unless marked may_skip"
    )
    group.addoption(
        "--after-postgres",
        action="store_true",
        help="leave out what is marked once: it has run on PostgreSQL",
    )
    group.addoption(
        "--failed-check",
        action="append",
        default=[],
        metavar="NAME",
        help="count a check that failed before the tests as a failure of this run",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "may_skip: may be skipped even when skipping is forbidden; say why at the mark"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = {mark: tool for mark, tool in TOOLS.items() if not tool.is_here()}
    for item in items:
        for mark, tool in missing.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"{tool.name} is missing"))
    if not config.getoption("long"):
        _try_browsers_twice(items)
        left_out = ["slow", *(["once"] if config.getoption("after_postgres") else [])]
        slow = [item for item in items if any(map(item.get_closest_marker, left_out))]
        items[:] = [item for item in items if item not in slow]
        config.hook.pytest_deselected(items=slow)


def _try_browsers_twice(items: list[pytest.Item]) -> None:
    """Let a browser that was too slow once try again; the summary says how many did."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_expected = hasattr(report, "wasxfail") or item.get_closest_marker("may_skip")
    if report.skipped and not is_expected and item.config.getoption("forbid_skips"):
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and collector.config.getoption("forbid_skips"):
        _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{reason} (and skipping is forbidden)"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Add the failed checks to pytest's own count, so that its last line tells the whole truth."""
    names = session.config.getoption("failed_check")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not names or reporter is None or hasattr(session.config, "workerinput"):
        return
    reporter.stats.setdefault("failed", []).extend(
        pytest.TestReport(
            nodeid=f"check: {name}",
            location=("bin/test", None, f"check: {name}"),
            keywords={},
            outcome="failed",
            longrepr="It failed before the tests ran; what it said stands above them.",
            when="call",
        )
        for name in names
    )
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how often the walls between stores were tried, by all processes together."""
    tried = {
        report.nodeid: number
        for report in terminalreporter.getreports("")  # of the end of a test, where it has counted
        for name, number in report.user_properties
        if name == "tries"
    }
    failed = {report.nodeid for report in terminalreporter.getreports("failed")}
    if tried:
        tries, leaks = sum(tried.values()), len(failed & set(tried))
        terminalreporter.write_line(f"isolation: {tries:,} tries, {leaks} leaks")
