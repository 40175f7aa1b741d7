"""Plain makers of parts and files for the tests of serving."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from content.models import Asset
from core import tokens
from products.models import Part, Product
from stores.scope import current_store
from tests.conftest import NOW

BYTES = bytes(range(256)) * 1024


def make_part(product: Product, **over: Any) -> Part:
    fields = {"kind": "file", "title": "The book", "published_at": NOW} | over
    return Part.objects.create(product_id=product.pk, **fields)


def make_asset(part: Part, *, content: bytes = BYTES, **over: Any) -> Asset:
    public_id = tokens.public_id()
    name = f"{current_store().public_id}/{public_id}/file.epub"
    fields = {
        "public_id": public_id,
        "part": part,
        "kind": Asset.Kind.EPUB,
        "name": storages["private"].save(name, ContentFile(content)),
        "original_name": "The First Stitch.epub",
        "media_type": "application/epub+zip",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "created_at": NOW,
    } | over
    return Asset.objects.create(**fields)
