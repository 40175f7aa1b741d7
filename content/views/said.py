"""One's own words in a discussion, changed or taken back; others' words, reported."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from content.forms.discussing import ReportForm, WordsForm
from content.models import Reply, Thread
from content.services import discussion
from content.services.discussion import Room
from content.services.discussion.reasons import CannotSay
from content.views.discussing import room_of, show
from core import clock
from stores.contract import StoreRequest

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def edit(request: StoreRequest, said_id: str) -> HttpResponse:
    """Change one's own words while that is possible."""
    said, thread, room = _own(request, said_id)
    if isinstance(room, HttpResponse):
        return room
    data = request.POST if request.method == "POST" else None
    label = _("Your question") if isinstance(said, Thread) else _("Your reply")
    form = WordsForm(data, label=label, initial={"text": said.text})
    if form.is_valid():
        try:
            discussion.edit(room, said, form.cleaned_data["text"], now=clock.now())
        except CannotSay as cannot:
            form.add_error(None, str(cannot.sentence))
        else:
            messages.success(request, _("Changed."))
            return redirect("content:question", thread.public_id)
    return show(request, "content/said_edit.html", room, form, {"thread": thread})


@require_http_methods(BOTH)
def take_back(request: StoreRequest, said_id: str) -> HttpResponse:
    """Take one's own words back, after a question whether one is sure."""
    said, thread, room = _own(request, said_id)
    if isinstance(room, HttpResponse):
        return room
    if request.method == "POST":
        discussion.take_back(room, said, now=clock.now())
        messages.success(request, _("Taken back."))
        if isinstance(said, Reply):
            return redirect("content:question", thread.public_id)
        return redirect("content:questions", thread.part.public_id)
    return show(request, "content/said_delete.html", room, None, {"thread": thread, "said": said})


@require_http_methods(BOTH)
def report(request: StoreRequest, said_id: str) -> HttpResponse:
    """Tell the shop that something should not stand here."""
    said, thread, room = _entered(request, said_id)
    if isinstance(room, HttpResponse):
        return room
    if room.customer is None or not said.is_shown or said.customer_id == room.customer.pk:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            discussion.report(room, said, form.cleaned_data["because"], now=clock.now())
        except CannotSay as cannot:
            form.add_error(None, str(cannot.sentence))
        else:
            messages.success(request, _("Thank you. The shop looks at it."))
            return redirect("content:question", thread.public_id)
    return show(request, "content/said_report.html", room, form, {"thread": thread, "said": said})


Entered = tuple[Thread | Reply, Thread, Room | HttpResponse]


def _entered(request: StoreRequest, said_id: str) -> Entered:
    said = discussion.find_said(said_id)
    if said is None:
        raise Http404
    thread = said.thread if isinstance(said, Reply) else said
    room = room_of(request, thread.part.product)
    if isinstance(room, Room) and thread.part_id not in room.part_ids:
        raise Http404
    return said, thread, room


def _own(request: StoreRequest, said_id: str) -> Entered:
    said, thread, room = _entered(request, said_id)
    if isinstance(room, Room) and (
        room.customer is None or said.customer_id != room.customer.pk or said.deleted_at
    ):
        raise Http404
    return said, thread, room
