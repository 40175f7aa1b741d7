"""Settings of a machine in production, with all it keeps in the one folder that BENCH_ROOM names.

Static files are hashed and compressed, pages kept, cookies secure; tasks are done where they are
asked for, and mails stay in memory.
"""

import os
from pathlib import Path

_ROOM = Path(os.environ["BENCH_ROOM"])
os.environ |= {
    "ENV_FILE": os.devnull,
    "SECURE": "1",
    "BEHIND_PROXY": "1",
    "DATABASE_URL": f"sqlite:///{_ROOM}/sevenfold.sqlite3",
    "EMAIL_URL": "memorymail://",
    "STRIPE_API_KEY": "sk_test_of_nobody",
    "X_ACCEL_PREFIX": "/protected/",
}
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: F403 -- a settings module extends the other by its names


class _NoMigrations(dict[str, None]):
    """Tables are made straight from the models, as in the tests."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _NoMigrations()
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str] = {}
STATIC_ROOT = _ROOM / "static"
MEDIA_ROOT = _ROOM / "public"
PRIVATE_ROOT = _ROOM / "private"
STORAGES["private"]["OPTIONS"]["location"] = PRIVATE_ROOT  # noqa: F405 -- see the star import
