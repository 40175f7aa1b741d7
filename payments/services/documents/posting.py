"""A POST to an address somebody typed: https only, to the outside only, short in time and size.

The name is looked up once, every address it has must be a public one, and the connection goes to
the very address that was checked, so a name that changes its answer meanwhile gains nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

SECONDS = 10
MOST_SECONDS = 20
"""For all of it: one who answers a letter at a time is cut off."""
HTTPS = 443
OK = range(200, 300)


class NotDelivered(Exception):
    """It did not arrive; the sentence says why, for who runs the store."""


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that may be called at all; NotDelivered says why not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotDelivered("not an address") from error
    if parts.scheme != "https" or not parts.hostname:
        raise NotDelivered("only https addresses are called")
    if parts.username or parts.password or port not in {None, HTTPS}:
        raise NotDelivered("no user, password or port in the address")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post, and return the status; anything but 200 to 299 is NotDelivered. Follows nowhere."""
    parts = check_url(url)
    host = parts.hostname or ""
    connection = _Checked(host, public_address(host))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watch = threading.Timer(MOST_SECONDS, connection.cut)
    watch.start()
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()  # its body says nothing to us and is not read
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotDelivered(f"no answer ({type(error).__name__})") from error
    finally:
        watch.cancel()
        connection.close()
    if answer.status not in OK:
        raise NotDelivered(f"answered {answer.status}")
    return answer.status


def public_address(host: str) -> str:
    """Return an address of a host of which every address is public; else NotDelivered."""
    try:
        found = socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("no such host") from error
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise NotDelivered("the host is not on the public internet")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return _is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class _Checked(http.client.HTTPSConnection):
    """A connection to an address that was checked, which must prove to be the host named."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, HTTPS, timeout=SECONDS)
        self.address = address
        self.secure = ssl.create_default_context()

    def cut(self) -> None:
        """End the call from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the checked address; the certificate is checked against the name."""
        plain = socket.create_connection((self.address, HTTPS), timeout=SECONDS)
        try:
            self.sock = self.secure.wrap_socket(plain, server_hostname=self.host)
        except (OSError, ValueError):
            plain.close()
            raise
