"""The knock on a worker's door: rows are the work, a message only makes it sooner."""

import logging

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake(task: str, store_id: int | None = None) -> None:
    """Ask a worker to run ``task`` once the transaction commits.

    Nothing depends on the message: an unreachable broker is logged and forgotten, because the
    sweep of the same name finds the due row anyway.
    """
    args = [] if store_id is None else [store_id]
    transaction.on_commit(lambda: _send(task, args), robust=True)


def _send(task: str, args: list[int]) -> None:
    try:
        registered = current_app.tasks.get(task)
        if registered is not None:
            registered.apply_async(tuple(args), retry=False)
        else:
            current_app.send_task(task, args=args, retry=False)
    except Exception as error:
        logger.warning("could not wake %s: %s", task, error)
