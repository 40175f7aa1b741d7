"""The mails that were written to files on this machine, read back for a page that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NEWEST = 200
_CODE = re.compile(r"(?<!\d)\d{3}[\s\u00a0]\d{3}(?!\d)")
_NOT_IN_ID = re.compile(r"[^a-z0-9-]+")
# What Django's file backend writes after each message.
_SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class StoredMail:
    """One mail as its receiver would see it."""

    id: str
    subject: str
    from_line: str
    to_line: str
    at: datetime | None
    text: str
    html: str
    language: str

    @property
    def code(self) -> str:
        """The sign-in code in the subject, or nothing."""
        found = _CODE.search(self.subject)
        return found.group() if found else ""


def newest_mails() -> list[StoredMail]:
    """Return the newest mails first."""
    mails = []
    for mail in _all_mails():
        mails.append(mail)
        if len(mails) == NEWEST:
            break
    return mails


def find_mail(mail_id: str) -> StoredMail | None:
    """Return one mail by its id, or None."""
    return next((mail for mail in _all_mails() if mail.id == mail_id), None)


def _all_mails() -> Iterator[StoredMail]:
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in files:
        # Several of one batch share a file; the last one written is the newest.
        for raw in reversed(file.read_bytes().split(_SEPARATOR)):
            if raw.strip():
                yield _read(raw)


def _read(raw: bytes) -> StoredMail:
    mail = message_from_bytes(raw, policy=policy.default)
    message_id = str(mail["Message-ID"] or "").strip("<> ").partition("@")[0]
    return StoredMail(
        id=_NOT_IN_ID.sub("-", message_id.lower()).strip("-"),
        subject=str(mail["Subject"] or ""),
        from_line=str(mail["From"] or ""),
        to_line=str(mail["To"] or ""),
        at=parsedate_to_datetime(mail["Date"]) if mail["Date"] else None,
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        language=str(mail["Content-Language"] or ""),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
