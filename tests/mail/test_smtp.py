"""The real SMTP backend against a small server of our own."""

from __future__ import annotations

import smtplib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from core import clock
from mail.models import Message
from mail.services import carrying
from mail.services.sending import send_for_store
from stores.models import Store

Post = Callable[..., Message]


class Talk(socketserver.StreamRequestHandler):
    """One connection: takes every mail but for refused@ (550) and later@ (451)."""

    server: SmtpServer

    def handle(self) -> None:
        self.server.connections += 1
        self.taken, self.has_receiver = 0, False
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.commands.append(line)
            self.answer(line, line.upper())
            if self.rfile.closed:
                break

    def answer(self, line: str, verb: str) -> None:
        if verb.startswith("EHLO"):
            self.say("\r\n".join(["250-here", *(f"250-{one}" for one in self.server.offers)]))
            self.say("250 SIZE 1000000")
        elif verb.startswith("MAIL"):
            self.has_receiver = False
            if self.server.most is not None and self.taken >= self.server.most:
                if self.server.says_why:
                    self.say("421 enough for one connection")
                self.hang_up()
            else:
                self.say("250 fine")
        elif verb == "DATA":
            if self.has_receiver or self.server.is_eager:
                self.take()
            else:
                self.say("503 to whom?")
        elif verb.startswith("RCPT") and "refused@" in line:
            self.say("550 no such mailbox")
        elif verb.startswith("RCPT") and "later@" in line:
            self.say("451 try later")
        else:
            self.has_receiver = self.has_receiver or verb.startswith("RCPT")
            self.say("221 bye" if verb == "QUIT" else "250 fine")

    def take(self) -> None:
        self.say("354 go on")
        lines = [line.removeprefix(b".") for line in iter(self.rfile.readline, b".\r\n")]
        if not self.has_receiver:
            self.say("554 to nobody")
            return
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        if "spam@" in mail["To"]:
            self.say("554 not wanted")
            return
        self.server.mails.append(mail)
        self.taken += 1
        if "silent@" in mail["To"]:
            self.hang_up()
        else:
            self.say("250 taken")

    def hang_up(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.rfile.close()

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.connections = 0
        self.mails: list[Any] = []
        self.commands: list[str] = []
        self.offers: tuple[str, ...] = ()
        self.is_eager = False
        """Whether it asks for content though it took no receiver (RFC 2920, 3.1)."""
        self.most: int | None = None
        """How many mails it takes by one connection, and whether it says so at the next."""
        self.says_why = True

    def handle_error(self, *_given: Any) -> None:
        """Whoever hangs up on us, or is hung up on, is what the test is about."""


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one by one", "pipelining"])
def server(settings: Any, request: Any) -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        running.offers = request.param
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address
        yield running
        running.shutdown()


def _state(key: str) -> str:
    return str(Message.objects.get(key=key).state)


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


@pytest.mark.parametrize("is_eager", [False, True], ids=["", "eager"])
def test_one_of_fifty_that_is_refused_is_refused_alone(
    in_store: Store, post_note: Post, server: SmtpServer, *, is_eager: bool
) -> None:
    server.is_eager = is_eager
    for number in range(50):
        name = {17: "refused", 31: "spam", 49: "later"}.get(number, f"reader{number}")
        post_note(key=f"{number:02}", to=f"{name}@example.com")
    assert send_for_store() == 47
    assert server.connections == 1
    assert len({mail["To"] for mail in server.mails}) == len(server.mails) == 47
    others = Message.objects.exclude(state="sent").values_list("key", "state", "error")
    assert list(others.order_by("key")) == [
        ("17", "failed", "550 no such mailbox"),
        ("31", "failed", "554 not wanted"),
        ("49", "waiting", "451 try later"),
    ]


@pytest.mark.parametrize("says_why", [True, False], ids=["421", "without a word"])
def test_a_server_that_takes_a_few_by_one_connection_gets_another(
    in_store: Store, post_note: Post, server: SmtpServer, *, says_why: bool
) -> None:
    server.most, server.says_why = 3, says_why
    for number in range(10):
        post_note(key=f"{number}", to=f"reader{number}@example.com")
    assert send_for_store() == 10
    assert server.connections == 4
    assert len({mail["To"] for mail in server.mails}) == len(server.mails) == 10
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_server_that_takes_none_stops_the_run_and_blames_nobody_else(
    in_store: Store, post_note: Post, server: SmtpServer
) -> None:
    server.most = 0
    for number in range(3):
        post_note(key=f"{number}")
    assert send_for_store() == 0
    rows = Message.objects.order_by("key").values_list("state", "attempts", "claimed_until")
    assert list(rows) == [("waiting", 1, None), ("waiting", 0, None), ("waiting", 0, None)]


def test_a_connection_lost_after_the_content_repeats_that_mail_under_its_message_id(
    in_store: Store, post_note: Post, server: SmtpServer
) -> None:
    for number, name in enumerate(("a", "silent", "b")):
        post_note(key=f"{number}", to=f"{name}@example.com")
    assert send_for_store() == 1
    assert [_state(key) for key in "012"] == ["sent", "waiting", "waiting"]
    assert Message.objects.get(key="2").attempts == 0
    assert [mail["To"] for mail in server.mails] == ["a@example.com", "silent@example.com"]
    Message.objects.filter(key="1").update(due_at=clock.now(), to_address="well@example.com")
    assert send_for_store() == 2
    ids = [mail["Message-ID"] for mail in server.mails]
    assert sorted(map(ids.count, ids)) == [1, 1, 2, 2]


def test_lines_of_dots_arrive_as_they_were(
    in_store: Store, post_note: Post, server: SmtpServer
) -> None:
    post_note(context={"what": ".\n..a\n."})
    post_note(key="2", context={"what": ".\n..a\n.é"})
    assert send_for_store() == 2
    for mail, end in zip(server.mails, (".", ".é"), strict=True):
        text = mail.get_body(("plain",)).get_content()
        assert f"Dear , .\n..a\n{end}" in text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "address",
    ["a@example.com> SIZE=1", "a@b.example>\r\nRCPT TO:<eve@example.com", "a b@c.example"],
)
def test_no_address_becomes_a_command(
    in_store: Store, post_note: Post, server: SmtpServer, address: str
) -> None:
    post_note(key="hostile")
    Message.objects.update(to_address=address)
    post_note(key="other")
    assert send_for_store() == 1
    assert _state("hostile") == "failed"
    assert [line for line in server.commands if line.startswith("RCPT")] == [
        "RCPT TO:<charlie@example.com>"
    ]


def test_a_server_that_allows_it_hears_of_the_next_mail_before_it_answers(
    in_store: Store, post_note: Post, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    original = smtplib.SMTP.getreply
    monkeypatch.setattr(smtplib.SMTP, "getreply", lambda smtp: said.append("?") or original(smtp))
    give = carrying._Line.give
    monkeypatch.setattr(
        carrying._Line,
        "give",
        lambda line, *parcels: give(line, *parcels) or said.extend(line.asked),
    )
    for name in ("a", "b"):
        post_note(key=name, to=f"{name}@example.com")
    assert send_for_store() == 2
    asked = ["MAIL FROM", "RCPT TO", "DATA"] if server.offers else []
    # The greeting, EHLO, and three answers for a; what came of a is heard later.
    assert [line.partition(":")[0].strip() for line in said[: 6 + len(asked)]] == [
        *"?????",
        *asked,
        "?",
    ]


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
