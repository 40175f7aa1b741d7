"""The entry of bin/serve, bin/test and bin/build: any Python that is new enough, no packages yet.

It makes the virtual environment, installs the locked packages and hands over to cli.py in it.
"""

import os
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from house import ports, python_packages  # noqa: E402 -- the folder above must be importable first
from house.console import Stop  # noqa: E402
from house.places import PYTHON  # noqa: E402

PACKAGES = {"serve": "run", "build": "run", "test": "dev"}


def main(arguments: list[str]) -> int:
    """Prepare for the command that comes first and become it; return only when that failed."""
    try:
        _prepare(arguments[0])
    except Stop as stop:
        sys.stderr.write(f"\n{stop}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    entry = str(Path(__file__).parent / "__main__.py")
    return os.execv(PYTHON, [str(PYTHON), entry, *arguments])  # noqa: S606 -- our own interpreter


def _prepare(command: str) -> None:
    if command == "serve":
        ports.refuse_taken()
    python_packages.prepare(PACKAGES[command])


sys.exit(main(sys.argv[1:]))
