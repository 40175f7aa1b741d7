"""Files that go with a letter: judged, made anew, kept privately, let go of with their letter."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from content.services.files import private, tidy_name
from content.services.judge import Refused, judge
from content.services.judge.found import Kind
from conversations.errors import FileRefused, TooMany
from conversations.models import Attachment, Conversation, Message
from core import tokens
from core.images import PictureRefusedError, redraw_picture
from core.limits import Limit
from core.text import clean_line
from stores.scope import current_store

MEGABYTE = 1024 * 1024
MOST_FILES = 3
LARGEST = 8 * MEGABYTE
LOOKED_AT = Limit("conversation-files", 40, 24 * 3600)
"""Files of one person in a day: each costs a process that parses it, also when it is refused."""
HEAD = 1024
STRANGERS = frozenset({"unknown", "svg", "pdf"})
ACCEPTED: tuple[Kind, ...] = ("pdf",)
PICTURES = {"jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True)
class Judged:
    """A file as it will be kept."""

    name: str
    kind: str
    media_type: str
    content: bytes


def judged(files: Sequence[UploadedFile[Any]], *, of: str) -> list[Judged]:
    """Return clean copies of files that ``of`` sends; FileRefused, and TooMany by the day's limit.

    A picture is drawn again from its pixels, so what it told of its place and camera is gone; a PDF
    is judged as any other and keeps nothing that runs. Nothing else is taken.
    """
    found = []
    for file in files[:MOST_FILES]:
        if of and not LOOKED_AT.hit(f"{current_store().public_id}:{of}"):
            raise TooMany
        found.append(_judged(file))
    return found


def keep(message: Message, files: Iterable[Judged]) -> None:
    """Keep judged files with a message; if the transaction fails, none is kept that is named."""
    store = current_store()
    for file in files:
        public_id = tokens.public_id()
        wanted = f"{store.public_id}/letters/{public_id}/file.{file.kind}"
        Attachment.objects.create(
            public_id=public_id,
            message=message,
            name=private().save(wanted, ContentFile(file.content)),
            original_name=file.name,
            media_type=file.media_type,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            created_at=message.created_at,
        )


def let_go(messages: Iterable[Message]) -> None:
    """Let go of what went with these: the rows now, the files once that is committed."""
    rows = Attachment.objects.filter(message__in=list(messages))
    names = list(rows.values_list("name", flat=True))
    rows.delete()
    for name in names:
        transaction.on_commit(partial(private().delete, name), robust=True)


def file_of(conversation: Conversation, public_id: str) -> Attachment | None:
    """Return a file of this conversation; None when it is another's, or of none."""
    found: Attachment | None = Attachment.objects.filter(
        message__conversation=conversation, public_id=public_id
    ).first()
    return found


def _judged(file: UploadedFile[Any]) -> Judged:
    shown = clean_line(file.name or "")[:80]
    with tempfile.TemporaryDirectory(prefix="letter-") as room:
        path = Path(room) / "came"
        with path.open("wb") as came:
            for chunk in file.chunks():
                came.write(chunk)
        try:
            return _pdf(path, shown) if _is_pdf(path) else _picture(path, shown)
        except (Refused, PictureRefusedError) as refused:
            if refused.code in STRANGERS:
                raise FileRefused(
                    _("“%(name)s” cannot go with a letter: only pictures and PDF files can.")
                    % {"name": shown}
                ) from refused
            words = {"name": shown, "why": str(refused.sentence)}
            raise FileRefused(_("“%(name)s”: %(why)s") % words) from refused


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as opened:
        return b"%PDF-" in opened.read(HEAD)


def _pdf(path: Path, name: str) -> Judged:
    room = path.parent / "pdf"
    room.mkdir()
    verdict = judge(path, into=room, accept=ACCEPTED, name=name)
    return Judged(tidy_name(name, "pdf"), "pdf", verdict.media_type, verdict.clean.read_bytes())


def _picture(path: Path, name: str) -> Judged:
    room = path.parent / "picture"
    room.mkdir()
    drawn = redraw_picture(path, into=room)
    return Judged(
        tidy_name(name, drawn.kind), drawn.kind, PICTURES[drawn.kind], drawn.path.read_bytes()
    )
