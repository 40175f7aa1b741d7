"""The sweeps of content: copies, uploads, samples, editions, and texts to be searched.

Small files are made on the queue of quick things, so that a book bought a second ago never waits
behind a film; large ones on the queue of long work (CELERY_TASK_ROUTES).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from celery import shared_task

from content.services import holders
from content.services.carrying import moving
from content.services.editions import telling
from content.services.excerpts import giving
from content.services.excerpts import making as excerpts
from content.services.searching import reading
from content.services.stamping import dropping, making
from content.services.uploads import checking
from core import clock
from stores.models import Store
from stores.scope import store_scope

COPIES_SMALL, COPIES_OLD, UPLOADS, EXCERPTS, TEXTS = 10, 500, 5, 3, 5
"""How many of each one task works off before the next goes on; of large files one."""
TELL_BATCHES, CARRY_BATCHES = 20, 4
WANTED_SECONDS = 60
"""A worker that is woken later than this finds the work done by whoever the next sweep woke."""


@shared_task(name="content.tasks.stamp")
def stamp() -> None:
    """Wake a worker for every store in which copies are due."""
    now = clock.now()
    _wake(stamp_small_in, making.stores_with_due(now, is_small=True))
    _wake(stamp_large_in, making.stores_with_due(now, is_small=False))


@shared_task(name="content.tasks.stamp_small_in")
def stamp_small_in(store_id: int) -> None:
    """Make due copies of small files in one store."""
    work = partial(making.work_due, is_small=True, most=COPIES_SMALL)
    _work_in(store_id, work, again=stamp_small_in)


@shared_task(name="content.tasks.stamp_large_in")
def stamp_large_in(store_id: int) -> None:
    """Make due copies of large files in one store, one a task."""
    _work_in(store_id, partial(making.work_due, is_small=False, most=1), again=stamp_large_in)


@shared_task(name="content.tasks.drop_copies")
def drop_copies() -> None:
    """Wake a worker for every store in which files of copies are to be removed."""
    _wake(drop_copies_in, dropping.stores_with_old(clock.now()))


@shared_task(name="content.tasks.drop_copies_in")
def drop_copies_in(store_id: int) -> None:
    """Remove what is to be removed in one store."""
    _work_in(store_id, partial(dropping.drop_old, most=COPIES_OLD), again=drop_copies_in)


@shared_task(name="content.tasks.check_uploads")
def check_uploads() -> None:
    """Wake a worker for every store in which a file has arrived."""
    _wake(check_uploads_in, checking.stores_with_arrived(clock.now()))


@shared_task(name="content.tasks.check_uploads_in")
def check_uploads_in(store_id: int) -> None:
    """Judge what arrived in one store."""
    _work_in(store_id, _check_some, again=check_uploads_in)


def _check_some(_now: datetime) -> bool:
    return all(checking.check_next(clock.now()) for _ in range(UPLOADS))


@shared_task(name="content.tasks.forget_uploads")
def forget_uploads() -> None:
    """Let go of parts and files that nobody came back for within a week."""
    now = clock.now()
    for store in Store.objects.filter(pk__in=checking.stores_with_forgotten(now)):
        with store_scope(store):
            checking.forget(now)
    checking.forget_orphans(now)


@shared_task(name="content.tasks.make_excerpts")
def make_excerpts() -> None:
    """Wake a worker for every store in which a sample is to be made."""
    now = clock.now()
    _wake(make_small_excerpts_in, excerpts.stores_with_due(now, is_small=True))
    _wake(make_large_excerpts_in, excerpts.stores_with_due(now, is_small=False))


@shared_task(name="content.tasks.make_small_excerpts_in")
def make_small_excerpts_in(store_id: int) -> None:
    """Make the due samples of small files in one store."""
    work = partial(excerpts.work_due, is_small=True, most=EXCERPTS)
    _work_in(store_id, work, again=make_small_excerpts_in)


@shared_task(name="content.tasks.make_large_excerpts_in")
def make_large_excerpts_in(store_id: int) -> None:
    """Make the due samples of large files in one store, one a task."""
    work = partial(excerpts.work_due, is_small=False, most=1)
    _work_in(store_id, work, again=make_large_excerpts_in)


@shared_task(name="content.tasks.forget_requests")
def forget_requests() -> None:
    """Forget who asked for a sample a month ago and wanted no more mail."""
    giving.forget(clock.now())


@shared_task(name="content.tasks.tell_editions")
def tell_editions() -> None:
    """Wake a worker for every store in which readers are to be told of a new edition."""
    _wake(tell_editions_in, telling.stores_with_editions(clock.now()))


@shared_task(name="content.tasks.tell_editions_in")
def tell_editions_in(store_id: int) -> None:
    """Tell the due readers of one store."""
    _work_in(store_id, partial(telling.tell, batches=TELL_BATCHES), again=tell_editions_in)


@shared_task(name="content.tasks.tell_holders")
def tell_holders() -> None:
    """Wake a worker for every store in which a letter to all who have a product is to leave."""
    _wake(tell_holders_in, holders.stores_with_letters(clock.now()))


@shared_task(name="content.tasks.tell_holders_in")
def tell_holders_in(store_id: int) -> None:
    """Write to the next people of one store."""
    _work_in(store_id, partial(holders.tell, batches=TELL_BATCHES), again=tell_holders_in)


@shared_task(name="content.tasks.carry")
def carry() -> None:
    """Wake a worker for every store in which places and notes follow to a new file."""
    _wake(carry_in, moving.stores_with_carries(clock.now()))


@shared_task(name="content.tasks.carry_in")
def carry_in(store_id: int) -> None:
    """Move what is due in one store."""
    _work_in(store_id, partial(moving.work, batches=CARRY_BATCHES), again=carry_in)


@shared_task(name="content.tasks.read_texts")
def read_texts() -> None:
    """Wake a worker for every store in which there is something new to be found."""
    _wake(read_texts_in, reading.stores_to_look_at(clock.now()))


@shared_task(name="content.tasks.read_texts_in")
def read_texts_in(store_id: int) -> None:
    """Read what is to be searched in one store."""
    _work_in(store_id, _read_some, again=read_texts_in)


def _read_some(now: datetime) -> bool:
    reading.notice_changes(now)
    return reading.work_due(now, most=TEXTS)


def _wake(task: Any, store_ids: Iterable[int]) -> None:
    for store_id in store_ids:
        task.apply_async((store_id,), expires=WANTED_SECONDS, retry=False)


def _work_in(store_id: int, work: Callable[[datetime], bool], *, again: Any) -> None:
    """Work in the scope of a store; where more is due, another task goes on."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = work(clock.now())
    if has_more:
        again.apply_async((store_id,), retry=False)
