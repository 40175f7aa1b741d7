"""Who is asking: the signed-in customer or staff of this store."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from accounts.models import Customer
from stores.models import Staff


class CustomerMiddleware:
    """Set ``request.customer`` and ``request.staff``, asked for only when needed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Attach the lazy lookups and go on."""
        request.customer = SimpleLazyObject(lambda: customer_of(request))  # type: ignore[attr-defined]  # see StoreRequest
        request.staff = SimpleLazyObject(lambda: staff_of(request))  # type: ignore[attr-defined]  # see StoreRequest
        return self.get_response(request)


def customer_of(request: HttpRequest) -> Customer | None:
    """Return the signed-in customer of this store, or None."""
    if getattr(request, "store", None) is None or not request.user.is_authenticated:
        return None
    found: Customer | None = (
        Customer.objects.filter(user_id=request.user.pk).select_related("user").first()
    )
    return found


def staff_of(request: HttpRequest) -> Staff | None:
    """Return who of this store's staff is signed in, or None."""
    if getattr(request, "store", None) is None or not request.user.is_authenticated:
        return None
    found: Staff | None = Staff.objects.filter(user_id=request.user.pk).first()
    return found
