"""What stands in a month, in the admin: put in, changed, moved, taken out and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from content.forms.uploads import Arrived
from content.models import Upload
from content.services.captions import captions_of, keep_captions
from content.services.files import current_file
from content.services.judge import Refused, Verdict, judge
from content.services.judge.found import AUDIO, Kind
from core import clock
from memberships.admin.months import drop_of
from memberships.forms import FileForm, PieceForm, TextForm
from memberships.models import Club, Drop
from memberships.services import pieces
from memberships.services.pieces import FILE, FILM, KINDS, SOUND, TEXT
from products.models import Part
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

TAKEN: dict[str, tuple[Kind, ...]] = {
    SOUND: AUDIO,
    FILM: ("mp4", "mov"),
    FILE: ("pdf", "epub"),
}
"""What the judge lets into each kind of piece."""


class PieceViews:
    """The pages about the pieces of one month."""

    admin_site: Any
    opts: Any
    club_of: Any
    url_for: Any
    page_url: Any
    sender: Any

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the addresses of these pages."""
        one = "months/<int:drop_pk>/pieces/<int:part_pk>/"
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "piece_add": ("months/<int:drop_pk>/add/<slug:kind>/", self.piece_add_view),
            "piece": (one, self.piece_view),
            "piece_up": (f"{one}up/", partial(self.piece_move_view, by=-1)),
            "piece_down": (f"{one}down/", partial(self.piece_move_view, by=1)),
            "piece_out": (f"{one}out/", self.piece_out_view),
            "piece_in": (f"{one}in/", self.piece_in_view),
        }
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            *(
                path(f"<int:pk>/{end}", view(page), name=f"{name}_{key}")
                for key, (end, page) in pages.items()
            ),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def piece_add_view(
        self, request: HttpRequest, pk: int, drop_pk: int, kind: str
    ) -> HttpResponse:
        """Ask for a text or a file; put it into the month on POST."""
        club = self.club_of(request, pk)
        drop = drop_of(club, drop_pk)
        if kind not in KINDS:
            raise Http404
        if kind == TEXT:
            form: Any = TextForm(request.POST or None)
        else:
            sent = (request.POST, request.FILES) if request.method == "POST" else ()
            form = FileForm(*sent, kind=kind, sender=self.sender(request))
        if request.method == "POST" and form.is_valid() and self._add(request, drop, kind, form):
            write(staff_of(request), log.CHANGE, drop)
            messages.success(request, _("It stands in %(month)s.") % {"month": drop.part.title})
            return HttpResponseRedirect(self.page_url("month", club, drop))
        titles = {
            TEXT: _("A text for %(month)s"),
            SOUND: _("A recording for %(month)s"),
            FILM: _("A film for %(month)s"),
            FILE: _("A file for %(month)s"),
        }
        effect = Effect(
            title=titles[kind] % {"month": drop.part.title},
            verb=pgettext("a piece", "Put it in"),
            sentences=(),
            back_url=self.page_url("month", club, drop),
        )
        return confirm(request, effect, form, media=form.media)

    def _add(self, request: HttpRequest, drop: Drop, kind: str, form: Any) -> bool:
        values, now = form.cleaned_data, clock.now()
        if kind == TEXT:
            pieces.add_text(drop, title=values["title"], text=values["text"], now=now)
            return True
        file = values["file"]
        name = Path(file.name or kind).name[:200]
        try:
            with came(file, kind) as found:
                pieces.add_file(drop, found, title=values["title"], name=name, now=now)
        except Refused as refused:
            form.add_error("file", str(refused.sentence))
            return False
        return True

    def piece_view(self, request: HttpRequest, pk: int, drop_pk: int, part_pk: int) -> HttpResponse:
        """Show a piece's form; keep it on POST."""
        club = self.club_of(request, pk)
        drop = drop_of(club, drop_pk)
        part = part_of(drop, part_pk)
        options = {"part": part, "sender": self.sender(request), "initial": _as_it_is(part)}
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = PieceForm(*sent, **options)
        if request.method == "POST" and form.is_valid() and self._change(part, form):
            write(staff_of(request), log.CHANGE, drop)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.page_url("month", club, drop))
        effect = Effect(
            title=part.title,
            verb=_("Save"),
            sentences=(),
            back_url=self.page_url("month", club, drop),
        )
        return confirm(request, effect, form, media=form.media)

    def _change(self, part: Part, form: Any) -> bool:
        values, now = form.cleaned_data, clock.now()
        file = values.get("file")
        if file:
            name = Path(file.name or part.kind).name[:200]
            try:
                with came(file, part.kind) as found:
                    pieces.replace_file(part, found, name=name, now=now)
            except Refused as refused:
                form.add_error("file", str(refused.sentence))
                return False
        pieces.change(part, title=values["title"], preview=values["preview"])
        if part.kind == TEXT:
            pieces.set_text(part, title=values["title"], text=values["text"], now=now)
        if part.kind == FILM:
            asset = current_file(part, now)
            if asset is not None:
                keep_captions(asset, values["captions"])
        return True

    def piece_move_view(
        self, request: HttpRequest, pk: int, drop_pk: int, part_pk: int, *, by: int
    ) -> HttpResponse:
        """Move a piece one place, on POST."""
        club, drop, part = self._one(request, pk, drop_pk, part_pk)
        if request.method == "POST":
            pieces.move(part, by)
        return HttpResponseRedirect(self.page_url("month", club, drop))

    def piece_out_view(
        self, request: HttpRequest, pk: int, drop_pk: int, part_pk: int
    ) -> HttpResponse:
        """Ask before taking a piece away from members; do it on POST."""
        club, drop, part = self._one(request, pk, drop_pk, part_pk)
        if request.method == "POST":
            pieces.take_out(part)
            write(staff_of(request), log.CHANGE, drop)
            said = _("“%(title)s” was taken out. It stands below, to be put back.")
            messages.success(request, said % {"title": part.title})
            return HttpResponseRedirect(self.page_url("month", club, drop))
        effect = Effect(
            title=_("Take “%(title)s” out?") % {"title": part.title},
            verb=_("Take it out"),
            sentences=[
                _("Members no longer find it. Nothing is deleted: you can put it back."),
                _("Where each of them stopped in it is kept."),
            ],
            back_url=self.page_url("month", club, drop),
        )
        return confirm(request, effect)

    def piece_in_view(
        self, request: HttpRequest, pk: int, drop_pk: int, part_pk: int
    ) -> HttpResponse:
        """Put a piece back that was taken out, on POST."""
        club, drop, part = self._one(request, pk, drop_pk, part_pk)
        if request.method == "POST" and part.published_at is None:
            pieces.put_back(part, clock.now())
            write(staff_of(request), log.CHANGE, drop)
            messages.success(request, _("“%(title)s” is back.") % {"title": part.title})
        return HttpResponseRedirect(self.page_url("month", club, drop))

    def _one(
        self, request: HttpRequest, pk: int, drop_pk: int, part_pk: int
    ) -> tuple[Club, Drop, Part]:
        club: Club = self.club_of(request, pk)
        drop = drop_of(club, drop_pk)
        return club, drop, part_of(drop, part_pk)


@contextmanager
def came(file: UploadedFile[Any], kind: str) -> Iterator[Upload | Verdict]:
    """Yield what the judge found: before, of a file that came in parts, or now. Refused for what
    is no such file."""
    if isinstance(file, Arrived):
        if file.row.kind not in TAKEN[kind]:
            raise Refused("unknown")
        yield file.row
        return
    with TemporaryDirectory(prefix="piece-") as folder:
        here = Path(folder) / "upload"
        with here.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        into = Path(folder) / "clean"
        into.mkdir()
        yield judge(here, into=into, accept=TAKEN[kind], name=file.name or "")


def part_of(drop: Drop, pk: int) -> Part:
    """Return one of a month's pieces; 404 where there is no such."""
    rows = Part.objects.filter(parent=drop.part_id).select_related("product")
    try:
        found: Part | None = rows.filter(pk=pk).first()
    except OverflowError:  # SQLite compares no number beyond 64 bits
        found = None
    if found is None:
        raise Http404
    return found


def _as_it_is(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"title": part.title, "preview": part.preview}
    if part.kind == TEXT:
        found["text"] = part.club_words.text
    if part.kind == FILM:
        asset = current_file(part, clock.now())
        found["captions"] = captions_of(asset) if asset is not None else ""
    return found
