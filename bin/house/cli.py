"""From the command line to the command, once the packages are there."""

import sys
from collections.abc import Sequence

from house import serve, site, verify
from house.console import Stop


def main(arguments: Sequence[str]) -> int:
    """Run one of serve, test and build; return the exit code."""
    try:
        return _run(*arguments)
    except Stop as stop:
        sys.stdout.flush()
        sys.stderr.write(f"\n{stop}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: str, *rest: str) -> int:
    if command == "test":
        return verify.run(rest)
    if rest:
        raise Stop(f"bin/{command} takes no arguments")
    if command == "serve":
        return serve.serve()
    site.build()
    return 0
