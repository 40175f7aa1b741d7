"""The two ports Sevenfold listens on, and a clear word when one of them is taken."""

import os
import socket

from house.console import Stop

LAST = 65_535
DEFAULTS = {"PORT": 8000, "SANDBOX_PORT": 12111}


def port(name: str) -> int:
    """Return the port that the environment names, or the usual one."""
    value = os.environ.get(name, str(DEFAULTS[name]))
    if not value.isdigit() or not 0 < int(value) <= LAST:
        raise Stop(f"{name} must be a port number, not {value!r}")
    return int(value)


def refuse_taken() -> None:
    """Raise Stop when something already listens on one of the ports."""
    for name in DEFAULTS:
        number = port(name)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise Stop(
                    f"port {number} is taken ({error.strerror}). End what listens there, "
                    f"or choose another: {name}={number + 1} bin/serve"
                ) from error
