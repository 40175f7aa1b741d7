"""A bucket on the loopback that browsers can reach: what it is asked goes on to moto.

Like S3 it lets pages of other origins in only as the bucket's CORS rules say
(docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import requests
from moto import mock_aws

NAME = "books"
AT_MOTO = "https://s3.us-east-1.amazonaws.com"
DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "uploads.md"


def documented_rules() -> list[dict[str, Any]]:
    """The rules that docs/uploads.md tells people to give their bucket."""
    found = re.search(r"```json\n(.+?)```", DOCUMENTED.read_text(), re.DOTALL)
    assert found
    rules: list[dict[str, Any]] = json.loads(found[1])["CORSRules"]
    return rules


class _Door(BaseHTTPRequestHandler):
    server: _Bucket

    def log_message(self, *said: Any) -> None:
        pass

    def _let_in(self, method: str, headers: list[str]) -> dict[str, str] | None:
        origin = self.headers.get("Origin", "")
        for rule in self.server.rules:
            allowed = [each.lower() for each in rule.get("AllowedHeaders", [])]
            if (
                any(fnmatchcase(origin, each) for each in rule["AllowedOrigins"])
                and method in rule["AllowedMethods"]
                and all(any(fnmatchcase(h, each) for each in allowed) for h in headers)
            ):
                return {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Allow-Methods": ", ".join(rule["AllowedMethods"]),
                    "Access-Control-Allow-Headers": ", ".join(headers),
                    "Access-Control-Expose-Headers": ", ".join(rule.get("ExposeHeaders", [])),
                }
        return None

    def do_OPTIONS(self) -> None:
        asked = self.headers.get("Access-Control-Request-Headers", "").lower()
        headers = [each.strip() for each in asked.split(",") if each.strip()]
        may = self._let_in(self.headers.get("Access-Control-Request-Method", ""), headers)
        self._answer(403 if may is None else 200, may or {}, b"")

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.headers.get("Origin", "")))
        sent = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "connection"}}
        url = AT_MOTO + self.path
        is_head = self.command == "HEAD"  # says how long a body would be, and has none to read
        got = requests.request(
            self.command, url, headers=sent, data=body, timeout=9, stream=is_head
        )
        dropped = {"connection", "content-length", "transfer-encoding", "server", "date"}
        said = {k: v for k, v in got.headers.items() if k.lower() not in dropped}
        may = self._let_in(self.command, []) if "Origin" in self.headers else {}
        length = {"Content-Length": got.headers.get("Content-Length", "0")}
        said |= length if is_head else {}
        self._answer(got.status_code, said | (may or {}), b"" if is_head else got.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


for _method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
    setattr(_Door, f"do_{_method}", _Door._pass_on)


class _Bucket(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, rules: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.rules = rules
        self.asked: list[tuple[str, str]] = []
        """Method and origin of every request but preflights."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        """What STORAGE_URL would be."""
        return f"s3://{NAME}?endpoint={self.origin}&region=us-east-1"


@contextmanager
def bucket_for_browsers(rules: list[dict[str, Any]]) -> Iterator[_Bucket]:
    """Run a bucket with these CORS rules; credentials must be in the environment."""
    with mock_aws(), _Bucket(rules) as running:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=NAME)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()
