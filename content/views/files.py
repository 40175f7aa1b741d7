"""Private files by our own address: the gate is asked each time, then the bytes go their way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import (
    content_disposition_header,
    http_date,
    parse_http_date_safe,
    quote_etag,
)
from django.views.decorators.http import require_safe

from access.contract import Locked, Open
from access.services.gate import may_open
from access.services.openings import record_opening
from content.errors import UnsatisfiableRange
from content.models import Asset, StampedCopy
from content.rules import ByteRange, parse_range
from content.services.editions.holding import may_have
from content.services.files import CHUNK, PrivateFile, open_file, private
from content.services.stamping.copies import file_for
from content.views.locked import OURS_ALONE, locked
from content.views.making import making
from core import clock
from stores.contract import StoreRequest

SIGNED_FOR_SECONDS = 60
NOT_YET = 409
"""Ask again in a moment: the copy is being made. Not a fault of ours, which a 503 would be."""
HARMLESS = "sandbox; default-src 'none'"
"""Were a file ever shown as a page of ours, it could do nothing (CSP 3, sandbox)."""


@require_safe
def file(request: StoreRequest, asset_id: str, name: str) -> HttpResponseBase:
    """Give an asset to whoever may open its part; ``name`` is only there to be seen."""
    asset = get_object_or_404(
        Asset.objects.select_related("part__product", "edition"), public_id=asset_id
    )
    if is_part_of_another_page(request):
        return HttpResponseForbidden()
    now = clock.now()
    answer = may_open(request.viewer, [asset.part], now)[asset.part]
    if isinstance(answer, Locked):
        return locked(request, asset.part, answer)
    if not may_have(request.viewer, asset, answer, now):
        raise Http404
    given = file_for(request.viewer, asset, answer, now)
    if isinstance(given, StampedCopy) and not given.is_ready:
        return making(request, asset.part, given, status=NOT_YET)
    response = deliver(request, given)
    if _is_beginning(request):
        note_opening(answer, request)
    return harmless(response)


def harmless(response: HttpResponseBase) -> HttpResponseBase:
    """Let a private file be kept by nobody between, shown by no other site, and do nothing."""
    response.headers["Cache-Control"] = OURS_ALONE
    response.headers["Content-Security-Policy"] = HARMLESS
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def guarded(request: HttpRequest, given: PrivateFile) -> HttpResponseBase:
    """Send a private file whose reader was found to be entitled, to this page's own site only."""
    if is_part_of_another_page(request):
        return HttpResponseForbidden()
    return harmless(deliver(request, given))


def is_part_of_another_page(request: HttpRequest) -> bool:
    """Whether another site's page wants to show the file as its own; following a link is fine.

    Browsers say so themselves (Fetch Metadata, w3.org/TR/fetch-metadata); programs say nothing.
    """
    is_from_elsewhere = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    return is_from_elsewhere and request.headers.get("Sec-Fetch-Dest") != "document"


def note_opening(answer: Open, request: StoreRequest) -> None:
    """Record that the access was used; what staff open to look at does not count.

    Nor does a HEAD, by which mail programs look where a link leads: a first opening ends rights.
    """
    is_used = request.method == "GET" and not request.viewer.is_staff
    if answer.access_id is not None and is_used:
        record_opening(answer.access_id, clock.now())


def _is_beginning(request: HttpRequest) -> bool:
    asked = request.headers.get("Range", "")
    return not asked or asked.startswith("bytes=0-")


def deliver(
    request: HttpRequest, asset: PrivateFile, *, signed_for: int = SIGNED_FOR_SECONDS
) -> HttpResponseBase:
    """Send the file by the shortest way this installation has.

    Where that is an address at the storage, it is good for so many seconds.
    """
    if settings.STORAGE_URL:
        return _to_storage(asset, signed_for) if request.method == "GET" else _described(asset)
    response = _by_nginx(asset) if settings.X_ACCEL_PREFIX else _by_ourselves(request, asset)
    response.headers.setdefault("Content-Type", asset.media_type)
    response.headers["Content-Disposition"] = _disposition(asset)
    return response


def _disposition(asset: PrivateFile) -> str:
    """Return the header that names the download, in Hebrew too (RFC 6266)."""
    return content_disposition_header(as_attachment=True, filename=asset.original_name) or ""


def _to_storage(asset: PrivateFile, signed_for: int) -> HttpResponseBase:
    signed = private().url(
        asset.name,
        parameters={
            "ResponseContentDisposition": _disposition(asset),
            "ResponseContentType": asset.media_type,
        },
        expire=signed_for,
    )  # type: ignore[call-arg]  # S3Storage takes more than Storage promises
    return HttpResponseRedirect(signed)


def _described(asset: PrivateFile) -> HttpResponse:
    """Answer a HEAD ourselves: an address that is signed for a GET refuses it."""
    response = HttpResponse(content_type=asset.media_type)
    response.headers["Content-Length"] = str(asset.size)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = _disposition(asset)
    return response


def _by_nginx(asset: PrivateFile) -> HttpResponseBase:
    """Let nginx send it from an internal location, ranges and all."""
    response = HttpResponse(content_type=asset.media_type)
    response.headers["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + quote(asset.name)
    return response


def _by_ourselves(request: HttpRequest, asset: PrivateFile) -> HttpResponseBase:
    etag = quote_etag(asset.sha256[:32])
    changed = int(asset.changed_at.timestamp())
    unchanged = get_conditional_response(request, etag=etag, last_modified=changed)
    if unchanged is not None:
        return unchanged
    try:
        wanted = parse_range(request.headers.get("Range", ""), asset.size)
    except UnsatisfiableRange:
        return _unsatisfiable(asset)
    if wanted is not None and not _still_the_same(request, etag, changed):
        wanted = None
    response = _stream(request, asset, wanted)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed)
    return response


def _still_the_same(request: HttpRequest, etag: str, changed: int) -> bool:
    """Whether If-Range, when there is one, names the file as it is now (RFC 9110, 13.1.5)."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition or condition == etag:
        return True
    return parse_http_date_safe(condition) == changed


def _unsatisfiable(asset: PrivateFile) -> HttpResponse:
    response = HttpResponse(status=416)
    response.headers["Content-Range"] = f"bytes */{asset.size}"
    return response


def _stream(request: HttpRequest, asset: PrivateFile, wanted: ByteRange | None) -> HttpResponseBase:
    span = wanted or ByteRange(0, asset.size)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=asset.media_type)
    else:
        try:
            opened = open_file(asset)
        except FileNotFoundError as error:
            raise Http404 from error
        response = StreamingHttpResponse(Piece(opened, span), content_type=asset.media_type)
    response.headers["Content-Length"] = str(span.length)
    if wanted is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{asset.size}"
    return response


class Piece:
    """The bytes of one range, read as they are sent; the response closes the file."""

    def __init__(self, opened: IO[bytes], span: ByteRange) -> None:
        self.opened = opened
        self.left = span.length
        opened.seek(span.start)

    def __iter__(self) -> Iterator[bytes]:
        """Yield pieces of at most 64 kB."""
        while self.left > 0:
            chunk = self.opened.read(min(CHUNK, self.left))
            if not chunk:
                return
            self.left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Close the file."""
        self.opened.close()
