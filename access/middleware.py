"""On whose behalf a request opens parts, and the guest pass in this browser's session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from access.contract import Viewer
from access.models import Access, PartKey
from access.services.keys import live_keys
from core import clock
from stores.contract import StoreRequest
from stores.roles import Area

PASS = "guest_pass"  # noqa: S105 -- a session key's name
KEYS = "part_keys"
PASS_LASTS = timedelta(hours=24)
PASS_HOLDS = 50


class ViewerMiddleware:
    """Set ``request.viewer``, worked out only when a part is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: StoreRequest) -> HttpResponseBase:
        """Attach the lazy viewer and go on."""
        request.viewer = SimpleLazyObject(lambda: viewer_of(request))  # type: ignore[assignment]  # behaves as a Viewer
        return self.get_response(request)


def viewer_of(request: StoreRequest) -> Viewer:
    """Return the viewer: staff, customer, guest pass and part keys together, or nobody."""
    if getattr(request, "store", None) is None:
        return Viewer.nobody()
    now = clock.now()
    staff = request.staff
    return Viewer(
        customer=request.customer or None,
        access_ids=_passed(request, now),
        keys=live_keys(list(request.session.get(KEYS, [])), now),
        is_staff=bool(staff) and staff.may_view(Area.PRODUCTS),  # type: ignore[union-attr]  # bool() of a lazy object
    )


def give_guest_pass(request: HttpRequest, accesses: Iterable[Access], now: datetime) -> None:
    """Put these accesses into this browser's session for 24 hours; nobody is signed in by it."""
    until = (now + PASS_LASTS).isoformat()
    kept: dict[str, str] = dict(request.session.get(PASS, {}))
    kept |= {str(access.pk): until for access in accesses}
    request.session[PASS] = dict(list(kept.items())[-PASS_HOLDS:])


def give_part_key(request: HttpRequest, key: PartKey) -> None:
    """Put a part key into this browser's session."""
    kept = [each for each in request.session.get(KEYS, []) if each != key.pk]
    request.session[KEYS] = [*kept, key.pk][-PASS_HOLDS:]


def _passed(request: HttpRequest, now: datetime) -> frozenset[int]:
    kept: dict[str, str] = request.session.get(PASS, {})
    return frozenset(
        int(access_id) for access_id, until in kept.items() if now < datetime.fromisoformat(until)
    )
