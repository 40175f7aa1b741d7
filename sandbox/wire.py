"""What goes in and out of the sandbox: requests and responses, free of sockets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]

HTML_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"


@dataclass(frozen=True)
class Request:
    """One request; header names are lower-case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def form(self) -> dict[str, str]:
        """Return the fields of a posted form, the last of each name."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def query_fields(self) -> dict[str, str]:
        """Return the fields of the address's query, the last of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def json(self) -> Json:
        """Return the JSON object sent; an empty body is an empty object."""
        sent = json.loads(self.body or b"{}")
        if not isinstance(sent, dict):
            raise TypeError("The body must be a JSON object.")
        return sent


@dataclass
class Response:
    """One answer; `is_cut` means that the connection ends without one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


def json_response(body: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Response(status, text.encode(), {"Content-Type": "application/json"})


def html_response(page: str, *, forms_to: tuple[str, ...] = (), status: int = 200) -> Response:
    """Answer with a page whose forms may lead to the origins named, beside our own."""
    targets = " ".join(("'self'", *forms_to))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{HTML_POLICY}; form-action {targets}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    return Response(status, page.encode(), headers)


def redirect(url: str) -> Response:
    """Send the browser elsewhere with a GET."""
    return Response(303, b"", {"Location": url})
