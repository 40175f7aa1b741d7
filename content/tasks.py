"""The sweeps of content: copies for buyers, files on their way in parts, texts to be searched.

Small files are made on the queue of quick things, so that a book bought a second ago never waits
behind a film; large ones on the queue of long work (CELERY_TASK_ROUTES).
"""

from celery import shared_task

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

BATCH_SMALL, BATCH_LARGE, BATCH_OLD = 10, 1, 500
"""How many copies one task works off before the next goes on."""
STAMP_SECONDS = 60


@shared_task(name="content.tasks.stamp")
def stamp() -> None:
    """Wake a worker for every store in which copies are due."""
    now = clock.now()
    for is_small, task in ((True, stamp_small_in), (False, stamp_large_in)):
        for store_id in making.stores_with_due(now, is_small=is_small):
            task.apply_async((store_id,), expires=STAMP_SECONDS, retry=False)


@shared_task(name="content.tasks.stamp_small_in")
def stamp_small_in(store_id: int) -> None:
    """Make due copies of small files in one store; go on in another task when there are more."""
    if _stamp(store_id, is_small=True, most=BATCH_SMALL):
        stamp_small_in.apply_async((store_id,), retry=False)


@shared_task(name="content.tasks.stamp_large_in")
def stamp_large_in(store_id: int) -> None:
    """Make due copies of large files in one store, one a task."""
    if _stamp(store_id, is_small=False, most=BATCH_LARGE):
        stamp_large_in.apply_async((store_id,), retry=False)


def _stamp(store_id: int, *, is_small: bool, most: int) -> bool:
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return False
    with store_scope(store):
        return making.work_due(clock.now(), is_small=is_small, most=most)


@shared_task(name="content.tasks.drop_copies")
def drop_copies() -> None:
    """Wake a worker for every store in which files of copies are to be removed."""
    for store_id in dropping.stores_with_old(clock.now()):
        drop_copies_in.apply_async((store_id,), expires=STAMP_SECONDS, retry=False)


@shared_task(name="content.tasks.drop_copies_in")
def drop_copies_in(store_id: int) -> None:
    """Remove what is to be removed in one store, and go on in another task when there is more."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = dropping.drop_old(clock.now(), most=BATCH_OLD)
    if has_more:
        drop_copies_in.apply_async((store_id,), retry=False)


ONE_AFTER_ANOTHER = 5
"""How many files one task judges before the next goes on."""
CHECK_SECONDS = 60


@shared_task(name="content.tasks.check_uploads")
def check_uploads() -> None:
    """Wake a worker for every store in which a file has arrived."""
    for store_id in checking.stores_with_arrived(clock.now()):
        check_uploads_in.apply_async((store_id,), expires=CHECK_SECONDS, retry=False)


@shared_task(name="content.tasks.check_uploads_in")
def check_uploads_in(store_id: int) -> None:
    """Judge what arrived in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        for _ in range(ONE_AFTER_ANOTHER):
            if not checking.check_next(clock.now()):
                return
    check_uploads_in.apply_async((store_id,), retry=False)


@shared_task(name="content.tasks.forget_uploads")
def forget_uploads() -> None:
    """Let go of parts and files that nobody came back for within a week."""
    now = clock.now()
    for store in Store.objects.filter(pk__in=checking.stores_with_forgotten(now)):
        with store_scope(store):
            checking.forget(now)
    checking.forget_orphans(now)


EXCERPTS_AT_ONCE = 3
EXCERPT_SECONDS = 60


@shared_task(name="content.tasks.make_excerpts")
def make_excerpts() -> None:
    """Wake a worker for every store in which a sample is to be made."""
    now = clock.now()
    for is_small, task in ((True, make_small_excerpts_in), (False, make_large_excerpts_in)):
        for store_id in excerpts.stores_with_due(now, is_small=is_small):
            task.apply_async((store_id,), expires=EXCERPT_SECONDS, retry=False)


@shared_task(name="content.tasks.make_small_excerpts_in")
def make_small_excerpts_in(store_id: int) -> None:
    """Make what is due of small files in one store; go on in another task when there is more."""
    if _make_excerpts(store_id, is_small=True, most=EXCERPTS_AT_ONCE):
        make_small_excerpts_in.apply_async((store_id,), retry=False)


@shared_task(name="content.tasks.make_large_excerpts_in")
def make_large_excerpts_in(store_id: int) -> None:
    """Make what is due of large files in one store, one a task."""
    if _make_excerpts(store_id, is_small=False, most=1):
        make_large_excerpts_in.apply_async((store_id,), retry=False)


def _make_excerpts(store_id: int, *, is_small: bool, most: int) -> bool:
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return False
    with store_scope(store):
        return excerpts.work_due(clock.now(), is_small=is_small, most=most)


@shared_task(name="content.tasks.forget_requests")
def forget_requests() -> None:
    """Forget who asked for a sample a month ago and wanted no more mail."""
    giving.forget(clock.now())


TELL_BATCHES, CARRY_BATCHES = 20, 4
"""How many batches one task works off before the next goes on."""
FOLLOW_SECONDS = 60


@shared_task(name="content.tasks.tell_editions")
def tell_editions() -> None:
    """Wake a worker for every store in which readers are to be told of a new edition."""
    for store_id in telling.stores_with_editions(clock.now()):
        tell_editions_in.apply_async((store_id,), expires=FOLLOW_SECONDS, retry=False)


@shared_task(name="content.tasks.tell_editions_in")
def tell_editions_in(store_id: int) -> None:
    """Tell the due readers of one store, and go on in another task when there are many."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = telling.tell(clock.now(), batches=TELL_BATCHES)
    if has_more:
        tell_editions_in.apply_async((store_id,), retry=False)


@shared_task(name="content.tasks.carry")
def carry() -> None:
    """Wake a worker for every store in which places and notes follow to a new file."""
    for store_id in moving.stores_with_carries(clock.now()):
        carry_in.apply_async((store_id,), expires=FOLLOW_SECONDS, retry=False)


@shared_task(name="content.tasks.carry_in")
def carry_in(store_id: int) -> None:
    """Move what is due in one store, and go on in another task when there is much."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        has_more = moving.work(clock.now(), batches=CARRY_BATCHES)
    if has_more:
        carry_in.apply_async((store_id,), retry=False)


READ_AT_ONCE = 5
"""How many files one task reads to be searched before the next goes on."""


@shared_task(name="content.tasks.read_texts")
def read_texts() -> None:
    """Wake a worker for every store in which there is something new to be found."""
    for store_id in reading.stores_to_look_at(clock.now()):
        read_texts_in.apply_async((store_id,), expires=CHECK_SECONDS, retry=False)


@shared_task(name="content.tasks.read_texts_in")
def read_texts_in(store_id: int) -> None:
    """Read what is to be searched in one store, and go on in another task when there is more."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        reading.notice_changes(clock.now())
        has_more = reading.work_due(clock.now(), most=READ_AT_ONCE)
    if has_more:
        read_texts_in.apply_async((store_id,), retry=False)
