"""Settings of the unit tests: no broker, files in a temporary folder, fast hashes."""

import os
import tempfile
from pathlib import Path

os.environ["ENV_FILE"] = os.devnull  # what bin/serve wrote for this machine is not for tests
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("SECURE", "0")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("LOG_FORMAT", "line")

_ROOT = Path(tempfile.mkdtemp(prefix="sevenfold-test-"))
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

from config.settings import *  # noqa: E402, F403 -- a settings module extends the other by its names
from config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = str(_ROOT / f"{_WORKER}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(_ROOT / f"{_WORKER}-test.sqlite3")}

CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = _ROOT / "public"
PRIVATE_ROOT = _ROOT / "private"
_DISK = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": _DISK, "OPTIONS": {"location": MEDIA_ROOT}},
    "private": {"BACKEND": _DISK, "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "pages", "shared")
}
WHITENOISE_AUTOREFRESH = True
INSTALLED_APPS = [*INSTALLED_APPS, "tests.contract.toyformat"]  # noqa: F405 -- see the star import
