"""Files of people, tried out and moved in, for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from payments.models import MoveIn, MoveInRow
from payments.services.moving_in import bringing, working
from products.models import Product

HEAD = "email,name,product,since,months,price,how often,next charge,consent,consent date,source"


def sheet(*lines: str, head: str = HEAD) -> bytes:
    """A file with these lines below its head."""
    return "\n".join([head, *lines]).encode()


def bring(content: bytes, *, now: datetime) -> MoveIn:
    """Bring a file, its columns as they were guessed."""
    return bringing.bring(content, file_name="people.csv", by="Alice", now=now)


def tried(content: bytes, *, now: datetime, product: Product | None = None, **over: Any) -> MoveIn:
    """Bring a file and try it out."""
    move_in = bring(content, now=now)
    chosen = {"columns": move_in.columns, "interval": "month", "is_day_first": True} | over
    bringing.try_out(move_in, product=product, **chosen)
    working.work_on(now)
    move_in.refresh_from_db()
    assert move_in.state == MoveIn.State.READY
    return move_in


def moved(content: bytes, *, now: datetime, product: Product | None = None, **over: Any) -> MoveIn:
    """Bring a file, try it out, and move its people in."""
    move_in = tried(content, now=now, product=product, **over)
    bringing.begin(move_in, now=now)
    working.work_on(now)
    move_in.refresh_from_db()
    assert move_in.state == MoveIn.State.DONE
    return move_in


def states(move_in: MoveIn) -> list[str]:
    """How each line stands, in the file's order."""
    return list(move_in.rows.values_list("state", flat=True))


def troubles(move_in: MoveIn) -> list[list[str]]:
    """What is wrong with each line, as codes."""
    rows: Iterable[MoveInRow] = move_in.rows.all()
    return [[code for code, _text in row.troubles] for row in rows]
