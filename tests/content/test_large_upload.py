"""Two gigabytes from a browser to the shelf: no process ever holds more than pieces of them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from bench.memory import growth
from content.models import Upload
from stores.models import Store
from tests.content.large import LargePdf
from tests.content.parts import BEGIN, PART
from tests.work.servers import Server, free_port

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
MOST_AT_THE_DOOR = 64 * MEGABYTE
MOST_AT_THE_JUDGE = 512 * MEGABYTE
SETTINGS = "tests.content.large_settings"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the server works on SQLite's file"),
]


class Sender:
    """A browser's script that sends parts over a line of its own."""

    def __init__(self, port: int, client: Client) -> None:
        self.way = HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Any:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": "thread.localhost", "Cookie": cookies, "Content-Type": kind}
        headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
        self.way.request(method, path, body, headers)
        response = self.way.getresponse()
        for cookie in response.msg.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        said = response.read()
        assert response.status == 200, (method, path, response.status, said[:300])
        return said

    def post(self, path: str, **said: Any) -> str:
        form = urlencode(said).encode()
        return self.ask("POST", path, form, "application/x-www-form-urlencoded").decode()

    def send(self, book: LargePdf) -> str:
        """Send every part; return the file's id."""
        self.ask("GET", "/admin/ebooks/ebook/add/")
        mark = hashlib.sha256(b"large").hexdigest()
        wish = {"purpose": "pdf", "name": "large.pdf", "size": book.size, "fingerprint": mark}
        begun = self.post(BEGIN, **wish)
        found = re.search(r'"id": "(\w+)"', begun)
        assert found, begun
        for number in range(1, -(-book.size // PART) + 1):
            part = book[(number - 1) * PART : number * PART]
            at = f"{BEGIN}{found[1]}/parts/{number}/"
            self.post(at, size=len(part), sha256=hashlib.sha256(part).hexdigest())
            self.ask("PUT", f"{at}bytes/", part, "application/octet-stream")
        self.post(f"{BEGIN}{found[1]}/finish/")
        return found[1]


def test_two_gigabytes_take_little_memory_at_the_door_and_at_the_judge(
    in_store: Store, alice: Any, browse: Any, tmp_path: Path
) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "LARGE_FOLDER": str(tmp_path),
        "LARGE_DATABASE": str(connection.settings_dict["NAME"]),
    }
    port = free_port()
    granian = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"]
    where = ["--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"]
    server = Server([*granian, *where], tmp_path / "web.log", port, cwd=ROOT, env=env)
    sender = Sender(port, browse(in_store, alice))
    book = LargePdf()
    server.start()
    try:
        sender.ask("GET", "/admin/ebooks/ebook/add/")
        assert server.process
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        web = int(children.read_text().split()[0])
        sent: list[str] = []
        assert growth(lambda: sent.append(sender.send(book)), web) < MOST_AT_THE_DOOR
    finally:
        server.kill()
    command = [sys.executable, "-m", "tests.content.large_worker"]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert max(map(int, done.stdout.split())) < MOST_AT_THE_JUDGE
    upload = Upload.objects.get(public_id=sent[0])
    assert (upload.state, upload.refusal) == (Upload.State.READY, {})
    assert upload.clean_size > 0.99 * book.size
