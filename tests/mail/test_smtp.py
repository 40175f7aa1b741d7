"""The real SMTP backend against a small server of our own."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from core import clock
from mail.models import Message
from mail.services.sending import send_for_store
from stores.models import Store

Post = Callable[..., Message]


class Talk(socketserver.StreamRequestHandler):
    """One connection: takes every mail but for refused@ (550) and later@ (451)."""

    server: SmtpServer

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb == "DATA":
                self.take()
            elif verb.startswith("RCPT") and "refused@" in line:
                self.say("550 no such mailbox")
            elif verb.startswith("RCPT") and "later@" in line:
                self.say("451 try later")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")

    def take(self) -> None:
        self.say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.connections = 0
        self.mails: list[Any] = []


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address
        yield running
        running.shutdown()


def test_a_batch_is_one_connection_and_refusals_spoil_nothing(
    in_store: Store, post_note: Post, server: SmtpServer
) -> None:
    for number, name in enumerate(("a", "refused", "later", "b")):
        post_note(key=f"{number}", to=f"{name}@example.com")
    assert send_for_store() == 2
    assert server.connections == 1
    assert [mail["To"] for mail in server.mails] == ["a@example.com", "b@example.com"]
    assert [row.state for row in Message.objects.order_by("key")] == [
        "sent",
        "failed",
        "waiting",
        "sent",
    ]
    assert Message.objects.failed().get().error == "550 no such mailbox"


def test_a_mail_arrives_with_both_bodies(
    in_store: Store, post_note: Post, server: SmtpServer
) -> None:
    post_note(language="he", context={"what": "חוט"})
    send_for_store()
    (mail,) = server.mails
    assert mail["Subject"] == "News of חוט"
    assert "חוט" in mail.get_body(("plain",)).get_content()
    assert 'dir="rtl"' in mail.get_body(("html",)).get_content()


def test_a_server_that_is_down_costs_nothing_but_time(
    in_store: Store, post_note: Post, server: SmtpServer, settings: Any
) -> None:
    post_note()
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send_for_store() == 0
    settings.EMAIL_PORT = up
    Message.objects.update(due_at=clock.now())
    assert send_for_store() == 1
