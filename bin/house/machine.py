"""This machine's own environment: secrets made once, and addresses that follow from the ports."""

import os
import secrets
from pathlib import Path

from house.places import VAR
from house.ports import DEFAULTS

FILE = VAR / "env"


def prepare() -> None:
    """Write var/env with what is missing in it; what stands there is never changed."""
    VAR.mkdir(exist_ok=True)
    for folder in ("messages", "control"):  # the queue on disk, used where no broker is named
        Path(os.environ.get("QUEUE_DIR", VAR / "queue"), folder).mkdir(parents=True, exist_ok=True)
    known = _read()
    wanted = {
        "LOCAL": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "STRIPE_API_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_API_BASE": f"http://127.0.0.1:{DEFAULTS['SANDBOX_PORT']}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(24)}",
        "STRIPE_WEBHOOK_TOKEN": secrets.token_urlsafe(24),
    }
    missing = {name: value for name, value in wanted.items() if name not in known}
    if not missing:
        return
    lines = "".join(f"{name}={value}\n" for name, value in missing.items())
    descriptor = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(lines)


def _read() -> dict[str, str]:
    if not FILE.exists():
        return {}
    pairs = (line.partition("=") for line in FILE.read_text().splitlines())
    return {name: value for name, _, value in pairs if name and not name.startswith("#")}


def environment(web_port: int, sandbox_port: int) -> dict[str, str]:
    """Return what the programs are given: the file's values, the caller's own, and the ports."""
    own = {**_read(), **os.environ}
    if sandbox_port != DEFAULTS["SANDBOX_PORT"]:
        own["STRIPE_API_BASE"] = f"http://127.0.0.1:{sandbox_port}"
    if web_port != DEFAULTS["PORT"]:
        own["PLATFORM_ORIGIN"] = f"http://localhost:{web_port}"
    return own
