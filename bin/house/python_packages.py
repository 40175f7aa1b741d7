"""The virtual environment and the locked packages in it."""

import platform
import shutil
import venv
from pathlib import Path

from house.console import Stop, say, step
from house.places import PYTHON, REQUIREMENTS, SCRIPTS, VENV
from house.shell import Arguments, attempt, run
from house.stamps import digest, read, write

LOCKS = {"run": REQUIREMENTS / "run.txt", "dev": REQUIREMENTS / "dev.txt"}
STAMP = "python"


def prepare(kind: str) -> None:
    """Install the locked packages for "run" or for "dev", which holds all of "run"."""
    if not PYTHON.exists():
        _make_environment()
    stamps = {name: f"{name} {digest([lock], _interpreter())}" for name, lock in LOCKS.items()}
    enough = (stamps["dev"], stamps[kind])
    if read(STAMP) in enough:
        return
    with step("installing the locked Python packages"):
        _install(LOCKS[kind])
    write(STAMP, stamps[kind])


def _interpreter() -> str:
    return f"{platform.python_implementation()} {platform.python_version()} {VENV}"


def _make_environment() -> None:
    with step(f"making a virtual environment with Python {platform.python_version()}"):
        try:
            venv.EnvBuilder(with_pip=True, clear=VENV.exists()).create(VENV)
        except Exception as error:
            shutil.rmtree(VENV, ignore_errors=True)
            raise Stop(
                f"could not make a virtual environment ({error}). "
                "On Debian and Ubuntu: apt-get install python3-venv"
            ) from error


def _install(lock: Path) -> None:
    """Install exactly what the lock names, its hashes checked: by uv, or by pip where uv cannot."""
    pip: Arguments = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    uv = SCRIPTS / "uv"
    if not uv.exists():
        attempt([*pip, "--require-hashes", "-r", REQUIREMENTS / "uv.txt"])
    synced = attempt([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock])
    if synced == 0:
        return
    say("  uv could not install them; trying pip, which takes longer")
    run([*pip, "--require-hashes", "-r", lock])
