"""A bought file by X-Accel-Redirect against the same file as nginx's own static one."""

from __future__ import annotations

import sys
import tempfile
import threading
from http.client import HTTPSConnection
from pathlib import Path

from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from bench.measuring import told
from bench.shop import HOST, Shop, open_shop
from tests.content.webserver import Nginx, nginx_before
from tests.plugins.tools import nginx_program

MEGABYTE = 1024 * 1024
SIZE = 64 * MEGABYTE
RANGE = 256 * 1024


class _Quiet(WSGIRequestHandler):
    def log_message(self, *said: object) -> None:
        """Say nothing."""


def ask(way: HTTPSConnection, shop: Shop, path: str, asked: str = "") -> int:
    """Fetch over a connection that stays open."""
    cookie = shop.reader.cookies[settings.SESSION_COOKIE_NAME]
    headers = {"Host": HOST, "Cookie": f"{cookie.key}={cookie.value}"}
    way.request("GET", path, headers=headers | ({"Range": asked} if asked else {}))
    response = way.getresponse()
    assert response.status in {200, 206}, response.status
    length = 0
    while piece := response.read(MEGABYTE):
        length += len(piece)
    return length


def measure(nginx: Nginx, shop: Shop) -> None:
    """Take turns with the file and with ranges of it."""
    way = HTTPSConnection("127.0.0.1", nginx.server.port, timeout=60, context=nginx.trust)
    static = f"/static-for-the-benchmark/{shop.asset.name}"
    asked = f"bytes={9 * MEGABYTE}-{9 * MEGABYTE + RANGE - 1}"
    for what, some, times in ((f"a file of {SIZE // MEGABYTE} MB", "", 5), ("a range", asked, 60)):
        told(
            f"{what} by nginx",
            {
                "static": lambda some=some: ask(way, shop, static, some),
                "X-Accel": lambda some=some: ask(way, shop, shop.file_url, some),
            },
            times=times,
            at_work=False,
        )


def main() -> None:
    """Start nginx before a server of ours, and measure."""
    if nginx_program() is None:
        print("nginx is missing: its ratios are left out")
        sys.exit(0)
    shop = open_shop(bytes(range(256)) * (SIZE // 256))
    settings.X_ACCEL_PREFIX = "/protected/"
    settings.WHITENOISE_AUTOREFRESH = False
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        upstream = f"http://127.0.0.1:{server.server_port}"
        nginx = nginx_before(upstream, settings.PRIVATE_ROOT, Path(folder), HOST)
        lines = Path(folder) / "sevenfold.conf"
        static = f"location /static-for-the-benchmark/ {{ alias {settings.PRIVATE_ROOT}/; }}\n"
        lines.write_text(
            lines.read_text().replace("    location / {", f"{static}    location / {{", 1)
        )
        nginx.server.start()
        try:
            measure(nginx, shop)
        finally:
            nginx.server.kill()


if __name__ == "__main__":
    main()
