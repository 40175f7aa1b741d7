"""How many connections to the database fifty requests open, as a web process answers them."""

from __future__ import annotations

import io
import sys
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.db.backends.signals import connection_created

from bench.measuring import promised
from bench.shop import HOST, Shop, open_shop
from config.settings import DATABASES

REQUESTS = 50
LASTS = DATABASES["default"].get("CONN_MAX_AGE", 0)
"""How long the settings of a real installation let a connection stand; the shop's own differ."""


def asked(handler: WSGIHandler, path: str, cookie: str = "") -> str:
    """Ask as a web server does, with all that begins and ends a request; return the status."""
    environ: dict[str, Any] = {"HTTP_HOST": HOST, "PATH_INFO": path, "wsgi.input": io.BytesIO()}
    if cookie:
        environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    setup_testing_defaults(environ)
    said: list[str] = []
    response = handler(environ, lambda status, _headers: said.append(status))
    for _piece in response:
        pass
    response.close()
    return said[0]


def opened_by(handler: WSGIHandler, shop: Shop) -> int:
    """Return how many connections fifty requests open after the first one."""
    opened: list[str] = []

    def note(**_sent: Any) -> None:
        opened.append("one")

    cookie = shop.reader.cookies[settings.SESSION_COOKIE_NAME].value
    assert asked(handler, "/").startswith("200")
    connection_created.connect(note)
    for number in range(REQUESTS):
        caches["pages"].clear()
        path, who = [("/", ""), (shop.product_url, ""), ("/shelf/", cookie)][number % 3]
        assert asked(handler, path, who).startswith("200")
    connection_created.disconnect(note)
    return len(opened)


def main() -> None:
    """Count and print, and say by the exit whether the promise holds."""
    shop = open_shop(b"PK" * 50_000)
    connections["default"].settings_dict["CONN_MAX_AGE"] = LASTS
    connections["default"].close()  # how long one stands is settled when it is opened
    found = opened_by(WSGIHandler(), shop)
    print(f"{f'{REQUESTS} requests':34} {found} new connections")
    sys.exit(not promised(found, at_most=0))


if __name__ == "__main__":
    main()
