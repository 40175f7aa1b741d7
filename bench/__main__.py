"""Every benchmark, one after the other, each in a process of its own: ``python -m bench``."""

import subprocess
import sys

ALL = (
    "pages",
    "posting",
    "connecting",
    "growing",
    "mailing",
    "returning",
    "starting",
    "stamping",
    "serving",
    "by_nginx",
    "memory",
    "lighthouse",
)


def main() -> None:
    """Run them all; the exit says whether every promise holds."""
    failed = []
    for name in ALL:
        print(f"· {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}"]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 -- our own modules
            failed.append(name)
    sys.exit(f"not held: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
