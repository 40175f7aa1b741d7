"""The Celery app: tasks carry ids, are idempotent, and beat only wakes sweeps."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, before_task_publish, setup_logging, task_postrun, task_prerun
from kombu.transport import TRANSPORT_ALIASES

from core import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Named and not imported: a process that knows no Redis does without its library.
TRANSPORT_ALIASES.update(redis="core.broker:Transport", rediss="core.broker:Transport")
TRANSPORT_ALIASES["filesystem"] = "core.queue_folder:Transport"
app = Celery("sevenfold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def schedule_sweeps(sender: Any, **_: Any) -> None:
    """Build beat's schedule from the registered sweeps: an app adds one without touching config."""
    from stores.slots import sweeps

    sender.scheduler.update_from_dict(
        {
            sweep.name: {"task": sweep.task, "schedule": sweep.every.total_seconds()}
            for sweep in sweeps.all()
        }
    )


@setup_logging.connect
def log_as_the_web_does(**_: Any) -> None:
    """Keep Celery from setting up logs of its own: Django's settings say how lines look."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@before_task_publish.connect
def pass_the_number_on(headers: dict[str, Any], **_: Any) -> None:
    """Let a task know the request that woke it."""
    number = logs.known().get("request")
    if number:
        headers["request_number"] = number


@task_prerun.connect
def begin_task(task_id: str, task: Any, **_: Any) -> None:
    """Let the lines of a task carry its id, and the number of the request that woke it."""
    facts = {"task": task_id, "name": task.name}
    sent = task.request.headers or {}
    number = task.request.get("request_number") or sent.get("request_number")
    task.request.logged = logs.during(**facts, request=number)
    task.request.logged.__enter__()


@task_postrun.connect
def end_task(task: Any, **_: Any) -> None:
    """Let go of the task's facts."""
    logged = getattr(task.request, "logged", None)
    if logged is not None:
        logged.__exit__(None, None, None)
