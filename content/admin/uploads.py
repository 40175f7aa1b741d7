"""The addresses to which the script of a form sends its files in parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, URLResolver, path, reverse

from content.errors import BadUpload
from content.forms.uploads import Sender
from content.models import Upload
from content.services.uploads import sending
from content.services.uploads.reasons import STATUS, said, sentence_of
from content.services.uploads.s3 import Address
from content.services.uploads.sizes import count_of
from core import clock
from stores.admin.site import staff_asking, staff_of

Act = Callable[[HttpRequest, Upload, int], HttpResponse]
SUGGESTED = ("title", "author", "language", "description", "pages")
NUMBER = re.compile(r"[0-9]{1,15}")


class UploadViews:
    """What a format's admin inherits to let its files come in parts; JSON, for one's own files."""

    admin_site: Any
    opts: Any
    has_change_permission: Any

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the addresses, before Django's own, which would take them for a row's."""
        guard = self.admin_site.admin_view
        acts: dict[str, tuple[str, str, Act]] = {
            "upload": ("", "GET", _tell),
            "upload_finish": ("finish/", "POST", _finish),
            "upload_drop": ("drop/", "POST", _drop),
            "upload_part": ("parts/<int:number>/", "POST", _part),
            "upload_bytes": ("parts/<int:number>/bytes/", "PUT", _bytes),
        }
        return [
            path("uploads/", guard(self.uploads_view), name=self._upload_name("uploads")),
            *(
                path(
                    f"uploads/<slug:upload_id>/{end}",
                    guard(self.upload_view),
                    {"method": method, "act": act},
                    name=self._upload_name(name),
                )
                for name, (end, method, act) in acts.items()
            ),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def sender(self, request: HttpRequest) -> Sender | None:
        """Return who may send files from this form, if they may."""
        staff = staff_asking(request)
        if staff is None or not self.has_change_permission(request):
            return None
        return Sender(staff, reverse(f"admin:{self._upload_name('uploads')}"))

    def uploads_view(self, request: HttpRequest) -> HttpResponse:
        """Begin a file, or go on with it; asked plainly, say what waits in the fields of a page."""
        staff = staff_of(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            page = _text(request.GET.get("page"))[:200]
            mine = Upload.objects.filter(staff=staff, state__in=sending.OPEN)
            waits = mine.filter(place__startswith=f"{page}#") if page else mine.none()
            return JsonResponse({"uploads": [_in_json(each) for each in waits]})
        asked = request.POST
        wish = sending.Wish(
            purpose=_text(asked.get("purpose")),
            name=_text(asked.get("name")),
            size=_number(asked.get("size")),
            fingerprint=_text(asked.get("fingerprint")),
            place=_text(asked.get("place"))[:200],
        )
        return _answer(lambda: _begun(sending.begin(staff, wish, clock.now())))

    def upload_view(
        self,
        request: HttpRequest,
        *,
        upload_id: str,
        method: str,
        act: Act,
        number: int = 0,
    ) -> HttpResponse:
        """Do one thing with one's own file; anybody else's is not found."""
        staff = staff_of(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        upload = Upload.objects.filter(staff=staff, public_id=upload_id).first()
        if upload is None:
            raise Http404
        if request.method != method:
            return HttpResponseNotAllowed([method])
        return _answer(lambda: act(request, upload, number))

    def _upload_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


def _begun(upload: Upload) -> HttpResponse:
    here = sending.parts_here(upload) if upload.state == Upload.State.COMING else {}
    return JsonResponse(_in_json(upload) | {"here": here})


def _tell(request: HttpRequest, upload: Upload, number: int) -> HttpResponse:
    return JsonResponse(_in_json(upload))


def _part(request: HttpRequest, upload: Upload, number: int) -> HttpResponse:
    """Say where an announced part goes, and with which headers."""
    size, sha256 = _number(request.POST.get("size")), _text(request.POST.get("sha256"))
    where = sending.announce(upload, number, size=size, sha256=sha256, now=clock.now())
    if where is True:
        return JsonResponse({"is_here": True})
    if isinstance(where, Address):
        return JsonResponse({"url": where.url, "headers": where.headers})
    headers = {"X-CSRFToken": get_token(request), "Content-Type": "application/octet-stream"}
    return JsonResponse({"url": f"{request.path}bytes/", "headers": headers})


def _bytes(request: HttpRequest, upload: Upload, number: int) -> HttpResponse:
    size = _number(request.headers.get("Content-Length"))
    sending.receive(upload, number, request, size=size, now=clock.now())  # type: ignore[arg-type]  # a request reads like a file
    return JsonResponse({"is_here": True})


def _finish(request: HttpRequest, upload: Upload, number: int) -> HttpResponse:
    return JsonResponse(_in_json(sending.finish(upload, clock.now())))


def _drop(request: HttpRequest, upload: Upload, number: int) -> HttpResponse:
    if upload.state != Upload.State.USED:
        sending.drop(upload)
    return HttpResponse(status=204)


def _in_json(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.public_id,
        "name": upload.original_name,
        "place": upload.place,
        "size": upload.size,
        "part_size": upload.part_size,
        "count": count_of(upload),
        "state": upload.state,
        "said": said(upload),
        "found": found_in(upload),
    }


def found_in(upload: Upload) -> dict[str, Any]:
    """Return what a judged file says of itself, for a form to suggest."""
    if upload.state != Upload.State.READY or not upload.facts:
        return {}
    return {name: upload.facts.get(name) or "" for name in SUGGESTED}


def _answer(ask: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return ask()
    except BadUpload as bad:
        content = {"code": bad.code, "said": sentence_of(bad), "again": bad.again}
        return JsonResponse(content, status=STATUS.get(bad.code, 400))


def _text(value: str | None) -> str:
    return (value or "").replace("\0", "")


def _number(value: str | None) -> int:
    """Return a size that was sent; what is none is 0, which no file and no part has."""
    return int(value) if value and NUMBER.fullmatch(value) else 0
