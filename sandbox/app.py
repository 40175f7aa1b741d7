"""The sandbox as one function from requests to responses."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.api.dispatch import answer
from sandbox.control import Control
from sandbox.pages import bank, checkout, invoice, portal
from sandbox.pages.console import visit as console
from sandbox.server import is_loopback
from sandbox.webhooks.deliveries import Courier
from sandbox.wire import Request, Response, json_response, redirect
from sandbox.world import InvalidAnswer, World

STYLESHEET = Path(__file__).parent / "static" / "sandbox.css"


class App:
    """Sends each request to the API, a page, the console or the levers."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.control = Control(world, courier)

    def __call__(self, request: Request) -> Response:
        """Answer, whatever happens."""
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if not is_loopback(host):
            return _said("The sandbox answers on this machine's own names alone.", 421)
        if request.path.startswith(("/v1/", "/v2/")):
            return answer(self.world, request)
        if request.method == "HEAD":
            request = Request("GET", request.path, request.query, request.headers)
        if request.method not in {"GET", "POST"}:
            return _said("Not so.", 405)
        if request.method == "POST" and not _is_from_here(request):
            return _said("Not from there.", 403)
        try:
            return self._page(request)
        except InvalidAnswer as error:
            return _said(f"Against the schema: {error}", 500)
        except Exception as error:  # a bug here is a page there, and on record
            self.world.violation("crash", request.path, traceback.format_exception(error))
            return _said(f"The sandbox is broken: {error!r}", 500)

    def _page(self, request: Request) -> Response:
        for pattern, page in PAGES:
            if found := re.fullmatch(pattern, request.path):
                return page(self, request, *found.groups())
        return checkout.gone(request)


Page = Callable[..., Response]
PAGES: tuple[tuple[str, Page], ...] = (
    (r"/", lambda *_: redirect("/_console")),
    (r"/healthz", lambda *_: json_response({"ok": True})),
    (r"/favicon\.ico", lambda *_: Response(204)),
    (r"/c/pay/(\w+)", lambda app, *visit: checkout.serve(app.world, *visit)),
    (r"/i/(\w+)", lambda app, *visit: invoice.serve(app.world, *visit)),
    (r"/p/(\w+)", lambda app, *visit: portal.serve(app.world, *visit)),
    (r"/3ds/(\w+)", lambda app, *visit: bank.serve(app.world, *visit)),
    (r"/_static/sandbox\.css", lambda *_: _stylesheet()),
    (r"/_console(?:/[\w./-]+)?", lambda app, visit: console.serve(app.world, app.control, visit)),
    (r"/_control/[\w-]+", lambda app, visit: app.control.serve(visit)),
)


def _stylesheet() -> Response:
    kind = {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "max-age=60"}
    return Response(200, STYLESHEET.read_bytes(), kind)


def _said(message: str, status: int) -> Response:
    return json_response({"error": {"message": message}}, status)


def _is_from_here(request: Request) -> bool:
    """Tell whether a form comes from our own pages, or from no page at all."""
    origin = request.headers.get("origin")
    if origin in {None, "null"}:
        return request.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return urlsplit(origin).netloc == request.headers.get("host")
