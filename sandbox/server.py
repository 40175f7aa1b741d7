"""The sockets: a threaded HTTP server on the loopback interface, and nowhere else."""

from __future__ import annotations

import ipaddress
import logging
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sandbox.wire import Request, Response

Application = Callable[[Request], Response]
LARGEST_BODY = 1024 * 1024
PATIENCE = 30
log = logging.getLogger("sandbox.http")


class Server(ThreadingHTTPServer):
    """Serves one application; a thread for each connection."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, application: Application) -> None:
        if not is_loopback(host):
            raise ValueError(f"The sandbox listens on the loopback interface, not on {host}.")
        self.application = application
        super().__init__((host, port), Handler)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of browsers that hang up: it is in the log for who asks."""
        log.debug("A connection broke", exc_info=sys.exc_info())


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the application, writes the response."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    wbufsize = -1  # headers and body in one packet
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer a HEAD."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._answer()

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._write(Response(413))
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.application(
            Request(self.command, parts.path, parts.query, headers, body)
        )
        if response.is_cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._write(response)

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its name there
        """Log through logging, not to the terminal."""
        log.debug(format, *args)


def is_loopback(host: str) -> bool:
    """Tell whether the host is this very machine, reachable from nowhere else."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
