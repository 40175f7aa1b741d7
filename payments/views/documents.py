"""A customer's documents: downloading them, and saying for which business they are."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.limits import Limit
from payments.errors import CannotIssue
from payments.forms.business import BusinessBuyerForm
from payments.models import Document, Order
from payments.services.documents.files import file_name, pdf_of
from payments.services.documents.showing import name_business, papers_of
from payments.views.browser import may_see
from stores.contract import StoreRequest

MAKING = Limit("document-asked", times=60, seconds=600)


@never_cache
@require_safe
def download(request: StoreRequest, order_id: str, document_id: str) -> HttpResponseBase:
    """Send a document to its customer, or to the browser that began the order."""
    now = clock.now()
    order = get_object_or_404(Order, public_id=order_id)
    if not may_see(request, order, now):
        return _stranger(request)
    document = get_object_or_404(Document, order=order, public_id=document_id)
    if not MAKING.hit(order.public_id):
        return HttpResponse(status=429)
    return pdf_response(document, pdf_of(document, now=now))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def business(request: StoreRequest, order_id: str) -> HttpResponseBase:
    """Ask for which business an order is, as long as no document says otherwise."""
    order = get_object_or_404(Order, public_id=order_id)
    if not may_see(request, order, clock.now()):
        return _stranger(request)
    page = reverse("payments:order", args=[order.public_id])
    if not papers_of(order).takes_business:
        raise Http404
    form = BusinessBuyerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            name_business(order, form.buyer_business())
        except CannotIssue as error:
            messages.error(request, str(error.sentence))
        else:
            messages.success(request, _("Saved: the document will name your business."))
        return redirect(page)
    context = {"order": order, "form": form, "back_url": page}
    return render(request, "payments/document_business.html", context)


def pdf_response(document: Document, content: bytes) -> HttpResponse:
    """Return a document's PDF as a download."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(document)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _stranger(request: StoreRequest) -> HttpResponseBase:
    if request.customer:
        raise Http404
    return redirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': request.path})}")
