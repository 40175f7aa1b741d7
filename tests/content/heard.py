"""Products that are heard: an album with real recordings, and who has it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer
from content.models import Asset
from content.services.judge import judge
from content.services.judge.found import AUDIO
from content.services.listening.album import add_recording
from products.models import Part, Product
from tests.conftest import NOW, make_product
from tests.content.sounds import wav


def make_album(*recordings: bytes, **over: object) -> Product:
    """A product with recordings, "One", "Two" and so on, of ten seconds unless others are given."""
    product = make_product(**over)
    names = ("One", "Two", "Three", "Four")
    for name, content in zip(names, recordings or (wav(10), wav(20)), strict=False):
        record(product, content, name)
    return product


def record(product: Product, content: bytes, name: str) -> Asset:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        verdict = judge(path, into=Path(folder), accept=AUDIO)
        return add_recording(product, verdict, name=f"{name}.wav", now=NOW)


def album_of(product: Product) -> Part:
    found: Part = Part.objects.get(product=product.pk, kind="audio")
    return found


def give(customer: Customer, product: Product) -> Access:
    source = Source("order_line", product.public_id)
    return grant(customer, product=product, source=source, starts_at=NOW, now=NOW)
