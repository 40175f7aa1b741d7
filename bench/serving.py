"""A bought file, a reader's page and a turned page, as ratios to bare views."""

from __future__ import annotations

import json
import re
import sys
from http import HTTPStatus

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.measuring import told
from bench.shop import Shop, open_shop

WRITES = re.compile(r"(INSERT|UPDATE|DELETE)\b")
MEGABYTE = 1024 * 1024
SIZE = 64 * MEGABYTE
RANGE = 256 * 1024
MOST_QUERIES = 2


def fetch(client: Client, url: str, **headers: str) -> int:
    """Ask, and take every byte."""
    response = client.get(url, headers=headers)
    assert response.status_code in {200, 206}, response.status_code
    pieces = response.streaming_content if response.streaming else [response.content]
    return sum(len(piece) for piece in pieces)


def files(shop: Shop) -> None:
    """Measure a whole file and a range of it."""
    plain = f"/stream/{{}}/{{}}/{shop.asset.name}"
    start = 20 * MEGABYTE
    asked = f"bytes={start}-{start + RANGE - 1}"
    assert fetch(shop.reader, shop.file_url, Range=asked) == RANGE
    told(
        f"a file of {SIZE // MEGABYTE} MB",
        {
            "bare stream": lambda: fetch(shop.user, plain.format(0, SIZE)),
            "ours": lambda: fetch(shop.reader, shop.file_url),
        },
        times=5,
    )
    told(
        f"a range of {RANGE // 1024} kB",
        {
            "bare stream": lambda: fetch(shop.user, plain.format(start, RANGE)),
            "ours": lambda: fetch(shop.reader, shop.file_url, Range=asked),
        },
        times=60,
    )


def pages(shop: Shop) -> None:
    """Measure the reader's page."""
    told(
        "the reader's page",
        {
            "session and user": lambda: fetch(shop.user, "/hello/"),
            "ours": lambda: fetch(shop.reader, shop.read_url),
        },
        times=60,
    )


def places(shop: Shop) -> int:
    """Measure a turned page; return how many statements write it down."""
    number = iter(range(10**9))

    def turn() -> None:
        sent = {"place": {"cfi": f"epubcfi(/6/{next(number)})"}, "fraction": 0.5}
        kept = shop.reader.post(shop.place_url, json.dumps(sent), content_type="application/json")
        assert kept.status_code == HTTPStatus.NO_CONTENT

    def touch() -> None:
        assert shop.user.post("/touch/").status_code == HTTPStatus.NO_CONTENT

    told("a turned page", {"one UPDATE": touch, "ours": turn}, times=60)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        turn()
    writes = sum(bool(WRITES.match(each["sql"])) for each in seen.captured_queries)
    print(f"a turned page: {writes} of {len(seen)} statements write")
    return writes


def main() -> None:
    """Measure and print, and say by the exit whether what is promised holds."""
    shop = open_shop(bytes(range(256)) * (SIZE // 256))
    files(shop)
    pages(shop)
    writes = places(shop)
    sys.exit(writes > MOST_QUERIES)


if __name__ == "__main__":
    main()
