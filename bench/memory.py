"""How much memory something takes while it is streamed: the growth of a process's peak (Linux).

``growth(act)`` measures this process, ``growth(act, pid)`` another one, such as a server's, while
``act`` runs; ``drained(pieces)`` takes any generator to its end. Run by itself, it streams a large
bought file.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

MEGABYTE = 1024 * 1024
RESET_PEAK = "5"
"""proc(5): what /proc/PID/clear_refs takes to begin the peak anew."""
SIZE = 1024 * MEGABYTE
MOST = 8 * MEGABYTE


def growth(act: Callable[[], object], pid: int | None = None) -> int:
    """Return by how many bytes the peak of a process's memory grew while ``act`` ran."""
    gc.collect()
    process = Path(f"/proc/{pid or os.getpid()}")
    (process / "clear_refs").write_text(RESET_PEAK)
    before = _status(process, "VmRSS")
    act()
    return max(0, _status(process, "VmHWM") - before)


def drained(pieces: Iterable[bytes]) -> int:
    """Take every piece and keep none; return how many bytes there were."""
    return sum(len(piece) for piece in pieces)


def _status(process: Path, field: str) -> int:
    line = next(
        line
        for line in (process / "status").read_text().splitlines()
        if line.startswith(f"{field}:")
    )
    return int(line.split()[1]) * 1024


def main() -> None:
    """Stream a large file through the whole of Sevenfold, and say whether memory stays as it is."""
    from django.core.files.storage import storages
    from django.urls import reverse

    from bench.shop import open_shop
    from content.models import Asset
    from stores.scope import store_scope

    shop = open_shop(b"PK")
    with store_scope(shop.store):
        os.truncate(storages["private"].path(shop.asset.name), SIZE)
        Asset.objects.filter(pk=shop.asset.pk).update(size=SIZE)

    zipped = reverse("content:zip", args=[shop.asset.part.product.public_id])
    taken = [
        _grown(shop.reader, shop.file_url, f"a file of {SIZE // MEGABYTE} MB"),
        _grown(shop.reader, zipped, "the same in a zip"),
    ]
    sys.exit(max(taken) > MOST)


def _grown(reader: Client, url: str, what: str) -> int:
    def fetch() -> None:
        response = reader.get(url)
        assert drained(response.streaming_content) >= SIZE
        response.close()

    reader.head(url)
    taken = growth(fetch)
    print(f"{what:30} memory grows by {taken / MEGABYTE:.1f} MB", flush=True)
    return taken


if __name__ == "__main__":
    main()
