"""Questions under parts: the list, one question with its replies, asking and replying."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from content.forms.discussing import WordsForm
from content.models import Following, Thread
from content.services import discussion
from content.services.discussion import Room, Words
from content.services.discussion.reasons import CannotSay
from content.services.discussion.voices import suggested_name
from content.views.locked import OURS_ALONE
from core import clock
from products.models import Part, Product
from stores.contract import StoreRequest


@require_safe
def listed(request: StoreRequest, part_id: str) -> HttpResponse:
    """Show the questions about what a part belongs to, and the form to ask."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    room = room_of(request, part.product)
    if isinstance(room, HttpResponse):
        return room
    return _show_list(request, room, part, _asking(room))


@require_POST
def ask(request: StoreRequest, part_id: str) -> HttpResponse:
    """Put a question, or show the form again with what was typed and why it was not put."""
    part = get_object_or_404(Part.objects.select_related("product"), public_id=part_id)
    room = room_of(request, part.product)
    if isinstance(room, HttpResponse):
        return room
    form = _asking(room, request.POST)
    if form.is_valid():
        try:
            thread = discussion.ask(room, part, _words(form), now=clock.now())
        except CannotSay as cannot:
            say_why(form, cannot)
        else:
            messages.success(request, _("Asked. You get a mail when it is answered."))
            return redirect("content:question", thread.public_id)
    return _show_list(request, room, part, form)


@require_safe
def question(request: StoreRequest, thread_id: str) -> HttpResponse:
    """Show a question with its replies, and the form to reply."""
    thread = _found(thread_id)
    room = room_of(request, thread.part.product)
    if isinstance(room, HttpResponse):
        return room
    return _show_thread(request, room, thread, _replying(room))


@require_POST
def reply(request: StoreRequest, thread_id: str) -> HttpResponse:
    """Reply, or show the form again with what was typed and why it was not sent."""
    thread = _found(thread_id)
    room = room_of(request, thread.part.product)
    if isinstance(room, HttpResponse):
        return room
    form = _replying(room, request.POST)
    if form.is_valid():
        try:
            said = discussion.reply(room, thread, _words(form), now=clock.now())
        except CannotSay as cannot:
            say_why(form, cannot)
        else:
            url = reverse("content:question", args=[thread.public_id])
            return redirect(f"{url}?page=last#said-{said.public_id}")
    return _show_thread(request, room, thread, form)


@require_POST
def follow(request: StoreRequest, thread_id: str) -> HttpResponse:
    """Have mails about new replies."""
    thread, room = _followed(request, thread_id)
    if isinstance(room, HttpResponse):
        return room
    if room.customer is None:
        raise Http404
    discussion.follow(thread, room.customer, clock.now())
    messages.success(request, _("You get one mail when something new is replied."))
    return redirect("content:question", thread.public_id)


@require_POST
def unfollow(request: StoreRequest, thread_id: str) -> HttpResponse:
    """Have no more mails about it."""
    thread, room = _followed(request, thread_id)
    if isinstance(room, HttpResponse):
        return room
    if room.customer is not None:
        discussion.unfollow(thread, room.customer)
    messages.success(request, _("No more mails about this question."))
    return redirect("content:question", thread.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: StoreRequest, key: str) -> HttpResponse:
    """End the mails that a link came with, signed in or not; a GET changes nothing."""
    following = get_object_or_404(
        Following.objects.select_related("thread__part__product"), leave_key=key
    )
    context = {"product": following.thread.part.product, "is_done": request.method == "POST"}
    if request.method == "POST":
        # The row stays, so that the link goes on saying that it is done.
        Following.objects.filter(pk=following.pk).update(is_stopped=True)
    response = render(request, "content/question_stop.html", context)
    response.headers["Cache-Control"] = OURS_ALONE
    return response


def room_of(request: StoreRequest, product: Product) -> Room | HttpResponse:
    """Return the room, or the page that leads into it: who is not signed in signs in first."""
    room = discussion.enter(request.viewer, product, clock.now())
    if room is not None:
        return room
    is_somebody = request.viewer.customer is not None or request.viewer.is_staff
    if is_somebody or not discussion.is_on(product):
        raise Http404
    sign_in = reverse("accounts:sign-in")
    if request.method == "POST":
        return redirect(sign_in)
    return redirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")


def say_why(form: WordsForm, cannot: CannotSay) -> None:
    """Put the reason at the field it is about."""
    at_name = cannot.code.startswith("name") and "name" in form.fields
    form.add_error("name" if at_name else None, str(cannot.sentence))


def _found(thread_id: str) -> Thread:
    return get_object_or_404(Thread.objects.select_related("part__product"), public_id=thread_id)


def _followed(request: StoreRequest, thread_id: str) -> tuple[Thread, Room | HttpResponse]:
    thread = _found(thread_id)
    return thread, room_of(request, thread.part.product)


def _words(form: WordsForm) -> Words:
    return Words(form.cleaned_data["text"], form.cleaned_data.get("name", ""))


def _asking(room: Room, data: Any = None) -> WordsForm:
    return _form(room, _("Your question"), data)


def _replying(room: Room, data: Any = None) -> WordsForm:
    return _form(room, _("Your reply"), data)


def _form(room: Room, label: str, data: Any) -> WordsForm:
    initial = {"name": suggested_name(room.customer)} if room.customer is not None else {}
    return WordsForm(data, label=label, asks_name=room.voice is None, initial=initial)


def _show_list(request: StoreRequest, room: Room, part: Part, form: WordsForm) -> HttpResponse:
    listing = discussion.page_of(room, request.GET.get("page", "1"))
    context = {"part": part, "listing": listing}
    return show(request, "content/questions.html", room, form, context)


def _show_thread(
    request: StoreRequest, room: Room, thread: Thread, form: WordsForm
) -> HttpResponse:
    is_mine = room.customer is not None and thread.customer_id == room.customer.pk
    if thread.part_id not in room.part_ids or (thread.hidden_at is not None and not is_mine):
        raise Http404
    number = request.GET.get("page", "1")
    number = "999999" if number == "last" else number
    shown = discussion.thread_of(room, thread, number, clock.now())
    context = {"part": thread.part, "shown": shown, "thread": thread}
    return show(request, "content/question.html", room, form, context)


def show(
    request: StoreRequest, template: str, room: Room, form: Any, context: dict[str, Any]
) -> HttpResponse:
    """Return a page of a discussion, which is nobody else's to keep."""
    more = {"room": room, "product": room.product, "form": form}
    response = render(request, template, context | more)
    response.headers["Cache-Control"] = OURS_ALONE
    return response
