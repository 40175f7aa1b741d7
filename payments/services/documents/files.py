"""The PDFs of documents: made when first asked for, kept, and then the same bytes for ever."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from payments.errors import TryLater
from payments.models import Document, DocumentFile
from stores.scope import current_store


def private() -> Storage:
    """Return the storage of private files."""
    return storages["private"]


def pdf_of(document: Document, *, now: datetime, is_copy: bool = False) -> bytes:
    """Return a document's PDF: the bytes that were first made and kept.

    Where the file itself was lost it is made again, and taken only if it is the very same; else
    TryLater: somebody must bring the file back.
    """
    kept: DocumentFile | None = DocumentFile.objects.filter(
        document=document, is_copy=is_copy
    ).first()
    return _keep(document, now, is_copy=is_copy) if kept is None else _read(kept, document)


def file_name(document: Document) -> str:
    """Return what a downloaded document is called."""
    return f"{document.kind.replace('_', '-')}-{document.number}.pdf"


def _made(document: Document, *, is_copy: bool) -> bytes:
    from payments.services.documents.paper import make_paper  # late: see core.sheets

    return make_paper(document, is_copy=is_copy)


def _read(kept: DocumentFile, document: Document) -> bytes:
    try:
        with private().open(kept.name) as opened:
            content: bytes = opened.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() == kept.sha256:
        return content
    made = _made(document, is_copy=kept.is_copy)
    if hashlib.sha256(made).hexdigest() != kept.sha256:
        raise TryLater(f"the file of document {document.public_id} is not what it was")
    return made


def _keep(document: Document, now: datetime, *, is_copy: bool) -> bytes:
    """Make it and keep it; of two who make it at once the first is kept and both get that."""
    made = _made(document, is_copy=is_copy)
    digest = hashlib.sha256(made).hexdigest()
    side = "copy" if is_copy else "original"
    folder = f"{current_store().public_id}/documents/{document.public_id}"
    name = private().save(f"{folder}/{side}.pdf", ContentFile(made))
    try:
        with transaction.atomic():
            DocumentFile.objects.create(
                document=document,
                is_copy=is_copy,
                name=name,
                size=len(made),
                sha256=digest,
                created_at=now,
            )
    except IntegrityError:
        private().delete(name)
        return _read(DocumentFile.objects.get(document=document, is_copy=is_copy), document)
    return made
