"""What the script of a form does with a file, step by step, for tests without a browser."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import requests
from django.test import Client

BEGIN = "/admin/ebooks/ebook/uploads/"
PART = 5 * 1024 * 1024


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Sender:
    """A browser with a file to send."""

    client: Client
    content: bytes
    purpose: str = "epub"
    name: str = "book.epub"
    place: str = "/admin/ebooks/ebook/add/#epub_file"
    id: str = ""

    def begin(self, **over: Any) -> Any:
        wish = {
            "purpose": self.purpose,
            "name": self.name,
            "size": len(self.content),
            "fingerprint": sha256(self.content),
            "place": self.place,
        }
        answer = self.client.post(BEGIN, wish | over)
        if answer.status_code == 200:
            self.id = answer.json()["id"]
        return answer

    def at(self, end: str = "") -> str:
        return f"{BEGIN}{self.id}/{end}"

    def part(self, number: int) -> bytes:
        return self.content[(number - 1) * PART : number * PART]

    def announce(self, number: int, **over: Any) -> Any:
        part = self.part(number)
        said = {"size": len(part), "sha256": sha256(part)} | over
        return self.client.post(self.at(f"parts/{number}/"), said)

    def put(self, number: int, content: bytes | None = None) -> Any:
        """Send a part to us."""
        body = self.part(number) if content is None else content
        kind = "application/octet-stream"
        return self.client.put(self.at(f"parts/{number}/bytes/"), body, content_type=kind)

    def send(self, number: int) -> Any:
        """Announce a part and put it where the answer says: to us, or to the storage."""
        where = self.announce(number).json()
        if where.get("url", "").startswith("http"):
            return requests.put(
                where["url"], data=self.part(number), headers=where["headers"], timeout=20
            )
        return self.put(number)

    def finish(self) -> Any:
        return self.client.post(self.at("finish/"))

    def status(self) -> Any:
        return self.client.get(self.at()).json()

    def whole(self) -> Any:
        """Send everything."""
        count = self.begin().json()["count"]
        for number in range(1, count + 1):
            self.send(number)
        return self.finish()
