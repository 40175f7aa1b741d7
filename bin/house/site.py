"""The steps between installed packages and a site that can be served."""

from collections.abc import Iterator
from pathlib import Path

from house import assets, catalogues, machine
from house.console import step
from house.places import PYTHON, ROOT, VAR
from house.shell import manage, run
from house.stamps import once

SCHEMA = VAR / "stripe-schema.json"
STATIC_ROOT = VAR / "static"


def build(*, for_tests: bool = False) -> None:
    """Make all that is made from files alone: assets, catalogues, the sandbox's schema."""
    assets.prepare(for_tests=for_tests)
    catalogues.prepare()
    recipe = [*(ROOT / "sandbox" / "schema").rglob("*.py"), ROOT / "requirements" / "run.txt"]
    with once("schema", "deriving the sandbox's schema from the SDK", recipe, made=SCHEMA) as due:
        if due:
            VAR.mkdir(exist_ok=True)
            run([PYTHON, "-m", "sandbox.schema", SCHEMA])


def prepare() -> None:
    """Build, then bring the database and the served files up to date."""
    machine.prepare()
    build()
    with once("static", "collecting static files", _static_files(), made=STATIC_ROOT) as due:
        if due:
            manage("collectstatic", "--no-input", "--clear", "--verbosity=0")
    with step("bringing the database up to date"):
        manage("migrate", "--no-input", "--skip-checks", "--verbosity=0")
        manage("createcachetable", "--verbosity=0")


def _static_files() -> Iterator[Path]:
    yield ROOT / "requirements" / "run.txt"
    for folder in [ROOT / "static", *ROOT.glob("*/static")]:
        if folder.is_relative_to(VAR) or folder.parent.name.startswith("."):
            continue
        yield from (path for path in folder.rglob("*") if path.is_file())
