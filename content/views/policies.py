"""The content policy of readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from csp.decorators import csp
from django.conf import settings
from django.http import HttpResponse

from core.csp import READER_POLICY

_ELSEWHERE = [*filter(None, [settings.STORAGE_ORIGIN])]
_MORE = {
    "connect-src": [*READER_POLICY["connect-src"], *_ELSEWHERE],
    "media-src": [*READER_POLICY["media-src"], *_ELSEWHERE],
}
under_reader_policy = cast(
    "Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]",
    csp(READER_POLICY | _MORE),
)
"""The named policy of readers; files in an object storage may be asked for there too."""
