"""Settings of a server of its own that works on a test's rows, with files in the test's folder."""

import os
from pathlib import Path

from config.settings_test import *  # noqa: F403 -- a settings module extends the other by its names
from config.settings_test import DATABASES, STORAGES

PRIVATE_ROOT = Path(os.environ["LARGE_FOLDER"]) / "private"
STORAGES["private"]["OPTIONS"]["location"] = PRIVATE_ROOT
DATABASES["default"]["NAME"] = os.environ["LARGE_DATABASE"]
CELERY_TASK_ALWAYS_EAGER = False
