"""Copies of whole pages: losing them, or the place where they are kept, costs a rendering."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache import caches

from core.unreachable import lost_redis

logger = logging.getLogger(__name__)


def kept_copy(key: str) -> Any:
    """Return what was kept under ``key``; None when there is nothing, or nobody to ask."""
    try:
        return caches["pages"].get(key)
    except lost_redis() as error:
        logger.warning("no copy of a page could be read: %s", error)
        return None


def keep_copy(key: str, copy: object, *, seconds: int) -> None:
    """Keep a copy for so many seconds, if it can be kept."""
    try:
        caches["pages"].set(key, copy, timeout=seconds)
    except lost_redis() as error:
        logger.warning("no copy of a page could be kept: %s", error)
