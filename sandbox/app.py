"""The sandbox as one function from requests to responses."""

from __future__ import annotations

import traceback
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.api.dispatch import answer
from sandbox.control import Control
from sandbox.pages import bank, checkout, console
from sandbox.pages.html import document, tag
from sandbox.webhooks.deliveries import Courier
from sandbox.wire import Request, Response, html_response, json_response, redirect
from sandbox.world import InvalidAnswer, World

STYLESHEET = Path(__file__).parent / "static" / "sandbox.css"


class App:
    """Sends each request to the API, a page, the console or the levers."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.control = Control(world, courier)

    def __call__(self, request: Request) -> Response:
        """Answer, whatever happens."""
        if request.path.startswith(("/v1/", "/v2/")):
            return answer(self.world, request)
        if request.method == "HEAD":
            request = Request("GET", request.path, request.query, request.headers)
        if request.method not in {"GET", "POST"}:
            return html_response(document("Sandbox", tag("p", "Not here.")), status=405)
        if request.method == "POST" and not _is_from_here(request):
            return html_response(document("Sandbox", tag("p", "Not from there.")), status=403)
        try:
            return self._page(request)
        except InvalidAnswer as error:
            return json_response({"error": {"message": f"Against the schema: {error}"}}, 500)
        except Exception as error:  # noqa: BLE001  a bug here is a page there, and on record
            self.world.violation("crash", request.path, traceback.format_exception(error))
            return json_response({"error": {"message": f"The sandbox is broken: {error!r}"}}, 500)

    def _page(self, request: Request) -> Response:
        match request.path.split("/"):
            case ["", ""]:
                return redirect("/_console")
            case ["", "healthz"]:
                return json_response({"ok": True})
            case ["", "c", "pay", identity]:
                return checkout.serve(self.world, request, identity)
            case ["", "3ds", identity]:
                return bank.serve(self.world, request, identity)
            case ["", "_static", "sandbox.css"]:
                kind = {"Content-Type": "text/css; charset=utf-8"}
                return Response(200, STYLESHEET.read_bytes(), kind)
            case ["", "_console", *_]:
                return console.serve(self.world, self.control, request)
            case ["", "_control", _]:
                return self.control.serve(request)
        return checkout.gone(request)


def _is_from_here(request: Request) -> bool:
    """Tell whether a form comes from our own pages, or from no page at all."""
    origin = request.headers.get("origin")
    if origin in {None, "null"}:
        return request.headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
    return urlsplit(origin).netloc == request.headers.get("host")
