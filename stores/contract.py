"""What every request carries once the host gate let it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from access.contract import Viewer
    from accounts.models import Customer
    from stores.models import Staff, Store


class StoreRequest(HttpRequest):
    """A request to a store's host; each attribute is set by the middleware of its own app."""

    store: Store
    """Set by stores.middleware."""
    staff: Staff | None
    """Set by accounts.middleware: who of the staff is signed in, if anybody."""
    customer: Customer | None
    """Set by accounts.middleware: the signed-in customer of this store, if any."""
    viewer: Viewer
    """Set by access.middleware: on whose behalf parts are opened."""
