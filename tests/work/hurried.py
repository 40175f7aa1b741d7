"""Celery as it is, but its sweeps hurry, and a file says by how many minutes it is later."""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.signals import beat_init
from django.conf import settings

from config.celery import app
from core import clock

__all__ = ["app"]

HURRIED = {
    "payments.inbox": "payments.tasks.work_inbox",
    "payments.reconcile": "payments.tasks.reconcile",
    "mail.send_due": "mail.tasks.send_due",
}
EVERY_SECONDS = 2
LATER = Path(os.environ["LATER"])
_now = clock.now


def _now_or_later() -> datetime:
    minutes = int(LATER.read_text()) if LATER.exists() else 0
    return _now() + timedelta(minutes=minutes)


clock.now = _now_or_later


@beat_init.connect
def hurry(sender: Any, **_: Any) -> None:
    sender.scheduler.update_from_dict(
        {name: {"task": task, "schedule": EVERY_SECONDS} for name, task in HURRIED.items()}
    )


@app.task(name="tests.work.hurried.hold")
def hold(number: int) -> None:
    """Keep a worker's hand full until the broker is gone, and say so by a file."""
    LATER.with_name(f"held-{number}").touch()
    broker = urlsplit(settings.CELERY_BROKER_URL)
    for _time in range(400):
        try:
            socket.create_connection((broker.hostname or "", broker.port or 0), 1).close()
        except OSError:
            return
        time.sleep(0.05)
