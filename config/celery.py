"""The Celery app: tasks carry ids, are idempotent, and beat only wakes sweeps."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

from core import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.install()
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
