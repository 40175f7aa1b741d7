"""Every check that is not a test: its name, and what answers with complaints or nothing."""

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from house.audits import npm_weaknesses, python_weaknesses
from house.places import PYTHON, ROOT, SCRIPTS
from house.shell import Arguments, outcome

Check = Callable[[], str]
"""Returns what is wrong, as the tool says it, or nothing."""

LAST_RESORT = {"400.html", "500.html", "503.html"}
PRODUCTION = {
    "ENV_FILE": "/dev/null",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "SECURE": "1",
    "BEHIND_PROXY": "1",
    "PLATFORM_HOSTS": "sevenfold.example",
    "PLATFORM_ORIGIN": "https://sevenfold.example",
    "EMAIL_URL": "smtp://localhost:25",
    "STRIPE_API_KEY": "sk_live_of_nobody",
    "STRIPE_LIVEMODE": "1",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_nobody",
    "STRIPE_WEBHOOK_TOKEN": secrets.token_urlsafe(24),
}


def _program(*arguments: str | Path) -> Check:
    return lambda: _complaints(arguments)


def _django(*arguments: str) -> Check:
    return lambda: _complaints([PYTHON, "-W", "ignore", "manage.py", *arguments])


def _complaints(arguments: Arguments) -> str:
    code, text = outcome(arguments, env=PRODUCTION)
    return "" if code == 0 else text or f"exit code {code}"


def _migrations() -> str:
    """Make every table on an empty SQLite file, as a first bin/serve does."""
    with tempfile.TemporaryDirectory() as place:
        environment = PRODUCTION | {"DATABASE_URL": f"sqlite:///{place}/empty.sqlite3"}
        code, text = outcome([PYTHON, "manage.py", "migrate", "--verbosity=0"], env=environment)
    return "" if code == 0 else text


def _templates() -> list[Path]:
    found = ROOT.glob("templates/**/*.html")
    return sorted([*found, *ROOT.glob("*/templates/**/*.html")])


def _template_style() -> str:
    return _complaints([SCRIPTS / "djangofmt", "--check", *_templates()])


def _template_faults() -> str:
    """What djangofmt finds, apart from pages that must stand when nothing of ours does."""
    asked = [path for path in _templates() if path.name not in LAST_RESORT]
    return _complaints([SCRIPTS / "djangofmt", "check", "--output-format=concise", *asked])


CHECKS: dict[str, Check] = {
    "ruff check": _program(SCRIPTS / "ruff", "check", "--quiet", "--output-format=concise", "."),
    "ruff format": _program(SCRIPTS / "ruff", "format", "--check", "--output-format=concise", "."),
    "djangofmt": _template_style,
    "djangofmt check": _template_faults,
    "lint-imports": _program(SCRIPTS / "lint-imports", "--no-cache"),
    "mypy": _program(SCRIPTS / "mypy", "."),
    "mypy of bin": _program(SCRIPTS / "mypy", "--cache-dir=.mypy_cache/bin", "bin/house"),
    "django check": _django("check", "--deploy", "--fail-level=WARNING"),
    "migrations match the models": _django("makemigrations", "--check", "--dry-run"),
    "migrations run": _migrations,
}
AUDITS: dict[str, Callable[[], list[str]]] = {
    "advisories for Python packages": python_weaknesses,
    "advisories for npm packages": npm_weaknesses,
}
