"""Handing mails over: by SMTP with few round trips, or by any backend of Django's.

A server that offers PIPELINING (RFC 2920) is told the next mail's sender, receiver and that its
content follows before it has answered for the one before: one round trip a mail instead of four.
Every mail is a transaction of its own with one receiver, so a refusal is that mail's alone; its
content leaves only when what came of the one before is known.
"""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Protocol, TypeVar

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from mail.errors import GivenUp
from mail.services.writing import Written, as_bytes, as_message

TAKEN, FORWARDS, GO_ON, CLOSES = 250, 251, 354, 421
_FITS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
"""An address that cannot end its command: printable ASCII without blanks and angle brackets."""
Answer = tuple[int, bytes]


class Ready(Protocol):
    """Anything that has a mail which can leave."""

    @property
    def written(self) -> Written:
        """The mail."""
        ...


ReadyT = TypeVar("ReadyT", bound=Ready)
Results = Generator[tuple[ReadyT, Exception | None], None, None]


def carry(connection: BaseEmailBackend, mails: Iterator[ReadyT]) -> Results[ReadyT]:
    """Hand mails over in their order, and say of each, in that order, what went wrong, or None.

    Stop asking when the mail server itself is in trouble; what was taken from ``mails`` and not
    told of did not leave. The connection is opened when the first mail is there.
    """
    if isinstance(connection, EmailBackend) and _is_djangos_own(connection):
        return _by_smtp(connection, mails)
    return _by_backend(connection, mails)


def _is_djangos_own(connection: EmailBackend) -> bool:
    """Whether nobody has changed what happens to a mail on its way through the backend."""
    kind = type(connection)
    return (
        kind.send_messages is EmailBackend.send_messages and kind._send is EmailBackend._send  # type: ignore[attr-defined]  # noqa: SLF001 -- a subclass may have its own
    )


def _by_backend(connection: BaseEmailBackend, mails: Iterator[ReadyT]) -> Results[ReadyT]:
    for each in mails:
        trouble: Exception | None = None
        try:
            mail = as_message(each.written)
            # Opened late and once: what cannot be rendered needs none.
            connection.open()
            connection.send_messages([mail])
        except Exception as error:  # whatever one message does, the others must leave
            trouble = error
        yield each, trouble


@dataclass
class _Parcel:
    """A mail as the server gets it, or why it gets none."""

    sender: str = ""
    receiver: str = ""
    content: bytes = b""
    trouble: Exception | None = None


def _packed(mail: Written) -> _Parcel:
    try:
        _refuse_what_ends_its_command(mail.from_address, mail.to_address)
        content = as_bytes(mail)
    except Exception as error:  # whatever one message does, the others must leave
        return _Parcel(trouble=error)
    # RFC 5321, 4.5.2: a line that begins with a dot gets another.
    content = content.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        content = b"." + content
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    return _Parcel(mail.from_address, mail.to_address, content + end)


def _refuse_what_ends_its_command(*addresses: str) -> None:
    for address in addresses:
        if not _FITS.fullmatch(address):
            raise GivenUp(f"{address} is not an address")


class _Line:
    """The line to the server: Django's connection, spoken to without waiting where it lets us."""

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend
        self.carried = 0
        """How many mails left by this connection."""
        self.is_quick = False
        self.asked: list[str] = []
        """What was said and is not answered yet."""
        self.owes_content = False
        self.must_reset = False

    @property
    def smtp(self) -> smtplib.SMTP:
        """The connection, which must be open."""
        found = self.backend.connection
        if found is None or found.sock is None:
            raise SMTPServerDisconnected("the server has hung up")
        return found

    @property
    def sock(self) -> socket.socket:
        """Its socket; smtplib's own ``send`` closes it at the first trouble."""
        found = self.smtp.sock
        if found is None:
            raise SMTPServerDisconnected("the server has hung up")
        return found

    def open(self) -> None:
        """Connect if there is no connection; raises as Django's backend does."""
        if not self.backend.open():
            return
        self.carried, self.asked, self.owes_content, self.must_reset = 0, [], False, False
        self.smtp.ehlo_or_helo_if_needed()
        self.is_quick = self.smtp.has_extn("pipelining")
        # What is written must not wait until what was written before is acknowledged.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hang_up(self) -> None:
        """End without another word: a mail whose last line is not said is not taken."""
        if self.backend.connection is not None:
            with suppress(OSError):
                self.backend.connection.close()
        self.backend.connection = None
        self.asked, self.owes_content = [], False

    def announce(self, parcel: _Parcel) -> None:
        """Say who writes to whom, all at once."""
        self.asked = self._commands(parcel)
        self.smtp.send("".join(self.asked))

    def hear_of(self, parcel: _Parcel) -> None:
        """Raise what smtplib would raise, unless the server waits for the content now."""
        refusal: Exception | None = None
        answer: Answer = (0, b"")
        for command in self.asked or self._commands(parcel):
            if not self.asked:
                self.smtp.send(command)
            answer = self._hear()
            refusal = refusal or _refusal(command, answer, parcel)
            if refusal is not None and not self.asked:
                break
        self.asked = []
        self.owes_content = answer[0] == GO_ON
        if refusal is None:
            return
        if self.owes_content:
            # RFC 2920, 3.1: no receiver was taken, and yet the server waits for content.
            self.smtp.send(".\r\n")
            self._hear()
            self.owes_content = False
        self.must_reset = True
        raise refusal

    def give(self, parcel: _Parcel, following: _Parcel | None) -> None:
        """Send the content, and announce the mail that follows in the same write."""
        commands = self._commands(following) if following is not None and self.is_quick else []
        self.smtp.send(parcel.content + "".join(commands).encode("ascii"))
        self.owes_content, self.asked = False, commands

    def hear_taken(self) -> None:
        """Raise unless the server took the mail: from then on it is the server's to deliver."""
        code, words = self._hear()
        if code != TAKEN:
            raise SMTPDataError(code, words)
        self.carried += 1

    def _commands(self, parcel: _Parcel) -> list[str]:
        size = f" SIZE={len(parcel.content)}" if self.smtp.has_extn("size") else ""
        reset = ["RSET\r\n"] if self.must_reset else []
        self.must_reset = False
        return [
            *reset,
            f"MAIL FROM:<{parcel.sender}>{size}\r\n",
            f"RCPT TO:<{parcel.receiver}>\r\n",
            "DATA\r\n",
        ]

    def _hear(self) -> Answer:
        answer = self.smtp.getreply()
        if answer[0] == CLOSES:
            self.hang_up()
            raise SMTPServerDisconnected(f"{CLOSES} {answer[1].decode(errors='replace')}")
        return answer


def _refusal(command: str, answer: Answer, parcel: _Parcel) -> Exception | None:
    """Return what an answer to a command says against a mail, as smtplib names it."""
    code, words = answer
    if command.startswith("MAIL") and code != TAKEN:
        return SMTPSenderRefused(code, words, parcel.sender)
    if command.startswith("RCPT") and code not in {TAKEN, FORWARDS}:
        return SMTPRecipientsRefused({parcel.receiver: (code, words)})
    if command.startswith("DATA") and code != GO_ON:
        return SMTPDataError(code, words)
    return None


def _by_smtp(backend: EmailBackend, mails: Iterator[ReadyT]) -> Results[ReadyT]:
    line, parcels = _Line(backend), ((each, _packed(each.written)) for each in mails)
    try:
        now = next(parcels, None)
        while now is not None:
            each, parcel = now
            trouble = parcel.trouble or _announced(line, parcel)
            if trouble is not None:
                yield each, trouble
                now = next(parcels, None)
                continue
            following = next(parcels, None)
            is_next = following is not None and following[1].trouble is None
            try:
                line.give(parcel, following[1] if following is not None and is_next else None)
                line.hear_taken()
            except (OSError, SMTPException) as error:
                trouble = error
            yield each, trouble
            now = following
    finally:
        if line.asked or line.owes_content:
            line.hang_up()


def _announced(line: _Line, parcel: _Parcel) -> Exception | None:
    """Let the server know of a mail; on a new connection, if the old one has carried its fill."""
    try:
        line.open()
        if line.is_quick and not line.asked:
            line.announce(parcel)
        line.hear_of(parcel)
    except SMTPServerDisconnected as error:
        if not line.carried:
            line.hang_up()
            return error
        # Some take only so many by one connection. Nothing of this mail has left yet.
        line.hang_up()
        line.carried = 0
        return _announced(line, parcel)
    except (OSError, SMTPException) as error:
        return error
    return None
