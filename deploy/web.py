"""The web server: granian's settings in one place, for bin/serve, Docker and systemd alike.

WEB_WORKERS processes with WEB_THREADS threads each. A process that dies is started anew; told to
end (SIGTERM), the server takes no new request and finishes those it has, for half a minute at most.
"""

import argparse
import os
import sys
from pathlib import Path

OPTIONS = {
    "interface": "wsgi",
    "http": "1",
    "workers": os.environ.get("WEB_WORKERS", "1"),
    "blocking-threads": os.environ.get("WEB_THREADS", "4"),
    # so many requests may wait for a thread of one process; what is more waits at nginx
    "backpressure": "64",
    "backlog": "1024",
    "respawn-interval": "1",
    "workers-kill-timeout": "30",
}
FLAGS = ("--no-ws", "--respawn-failed-workers", "--no-access-log")


def command(host: str, port: str, target: str) -> list[str]:
    """Return what is run."""
    granian = str(Path(sys.executable).parent / "granian")
    options = [part for name, value in OPTIONS.items() for part in (f"--{name}", value)]
    return [granian, *options, *FLAGS, "--host", host, "--port", port, target]


def main() -> None:
    """Become the server."""
    parser = argparse.ArgumentParser(description="Serve Sevenfold.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    parser.add_argument("target", nargs="?", default="config.wsgi:application")
    asked = parser.parse_args()
    run = command(asked.host, asked.port, asked.target)
    os.execv(run[0], run)  # noqa: S606 -- the server beside our own interpreter


if __name__ == "__main__":
    main()
