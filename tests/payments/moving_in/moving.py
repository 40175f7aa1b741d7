"""Files of people, tried out and moved in, for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from access.models import Access
from core import clock
from payments.models import MoveIn, MoveInRow, RenewHere
from payments.services.moving_in import bringing, working
from products.models import Price, Product

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


def make_letter(access: Access, price: Price) -> RenewHere:
    """A letter to who has this, as if they had moved in with a file; once each."""
    found: RenewHere | None = RenewHere.objects.filter(access=access).first()
    if found is not None:
        return found
    now = clock.now()
    move_in = MoveIn.objects.create(
        by="Alice",
        file_name=access.product.title,
        encoding="utf-8",
        delimiter=",",
        head=["Email"],
        columns={"email": 0},
        state=MoveIn.State.DONE,
        letters_at=now,
        moved_at=now,
        total=1,
        counts={"letters": 1, "new": 1},
    )
    MoveInRow.objects.create(
        move_in=move_in,
        line=2,
        email=access.customer.user.email,
        product_id=access.product_id,
        state=MoveInRow.State.MOVED,
        does={"until": "", "amount": price.amount, "interval": "month"},
        customer=access.customer,
        access=access,
    )
    made: RenewHere = RenewHere.objects.create(
        move_in=move_in,
        access=access,
        customer=access.customer,
        price=price,
        charges_at=now + timedelta(days=13),
        ends_at=now + timedelta(days=20),
        told_at=now,
    )
    return made
