"""Runs the sandbox: `python -m sandbox --port 12111`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path
from threading import Event

from sandbox.running import Sandbox

PORT = 12111


def arguments(given: list[str]) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser("sandbox", description="A pretend Stripe.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=PORT, help="0 for any that is free")
    parser.add_argument("--db", default=":memory:", help="an SQLite file, to survive restarts")
    parser.add_argument("--schema", type=Path, help="made by `python -m sandbox.schema`")
    parser.add_argument("--webhook-url", help="is told every event of every account")
    parser.add_argument("--webhook-secret", help="signs what it is told")
    parser.add_argument("--strict", action="store_true", help="answer 500 to broken schema")
    options = parser.parse_args(given)
    if bool(options.webhook_url) != bool(options.webhook_secret):
        parser.error("--webhook-url and --webhook-secret belong together.")
    return options


def main(given: list[str]) -> int:
    """Serve until told to end."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    options = arguments(given)
    try:
        sandbox = Sandbox(
            host=options.host,
            port=options.port,
            db=options.db,
            schema=options.schema,
            is_strict=options.strict,
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.webhook_url:
        sandbox.listen(options.webhook_url, options.webhook_secret)
    ended = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    sandbox.start()
    sys.stdout.write(f"Sandbox (pretend money) at {sandbox.url}, console {sandbox.url}/_console\n")
    sys.stdout.flush()
    ended.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
