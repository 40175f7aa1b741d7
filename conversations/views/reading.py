"""Reading the answer and writing on: signed in, or by the link in a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from content.views.files import guarded
from conversations.errors import FileRefused, TooMany
from conversations.forms import MoreForm
from conversations.models import Attachment, Conversation
from conversations.services.asking import confirm, look, say_more
from conversations.services.enclosing import file_of, judged
from conversations.services.showing import lines_of, listing
from conversations.services.words import about, standing_of
from conversations.views.asking import address_of
from core import clock, tokens
from stores.contract import StoreRequest

A_PAGE = 30


@never_cache
@login_required
@require_safe
def listed(request: StoreRequest) -> HttpResponse:
    """List what a customer wrote to the shop, newest first."""
    if not request.customer:
        return redirect("accounts:account")
    rows = Conversation.objects.filter(customer=request.customer)
    page = Paginator(rows.select_related("part__product", "product"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "lines": listing(page.object_list)}
    return render(request, "conversations/list.html", context)


@never_cache
@login_required
@require_safe
def conversation(request: StoreRequest, letter_id: str) -> HttpResponse:
    """Show a customer one conversation of theirs."""
    found = _of_customer(request, letter_id)
    return _show(request, found, MoreForm(), _mine(found))


@login_required
@require_POST
def more(request: StoreRequest, letter_id: str) -> HttpResponse:
    """Add a word to one's own conversation."""
    found = _of_customer(request, letter_id)
    return _say(request, found, _mine(found))


@login_required
@require_safe
def file(request: StoreRequest, letter_id: str, file_id: str) -> HttpResponseBase:
    """Give a customer a file of one of their conversations."""
    return _give(request, _of_customer(request, letter_id), file_id)


@never_cache
@require_safe
def keyed(request: StoreRequest, letter_id: str, key: str) -> HttpResponse:
    """Show a conversation to who holds the link from its mail, signed in or not."""
    found = _by_key(letter_id, key)
    confirm(found, now=clock.now())
    return _show(request, found, MoreForm(), _keyed(found))


@never_cache
@require_POST
def keyed_more(request: StoreRequest, letter_id: str, key: str) -> HttpResponse:
    """Add a word by the link from a mail."""
    found = _by_key(letter_id, key)
    return _say(request, found, _keyed(found))


@require_safe
def keyed_file(request: StoreRequest, letter_id: str, key: str, file_id: str) -> HttpResponseBase:
    """Give a file of a conversation to who holds the link from its mail."""
    return _give(request, _by_key(letter_id, key), file_id)


@dataclass(frozen=True)
class Way:
    """The addresses by which somebody reads a conversation, writes on and fetches its files."""

    here: str
    more: str
    file: Callable[[Attachment], str]


def _mine(found: Conversation) -> Way:
    its = found.public_id
    return Way(
        here=reverse("conversations:conversation", args=[its]),
        more=reverse("conversations:more", args=[its]),
        file=lambda row: reverse("conversations:file", args=[its, row.public_id]),
    )


def _keyed(found: Conversation) -> Way:
    its = (found.public_id, found.key)
    return Way(
        here=reverse("conversations:keyed", args=its),
        more=reverse("conversations:keyed-more", args=its),
        file=lambda row: reverse("conversations:keyed-file", args=[*its, row.public_id]),
    )


def _say(request: StoreRequest, found: Conversation, way: Way) -> HttpResponse:
    form = MoreForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, form, way)
    said, now = form.cleaned_data, clock.now()
    try:
        files = judged(said["attached"], of=found.public_id)
        say_more(found, said["text"], ip=address_of(request), files=files, now=now)
    except TooMany:
        form.add_error(None, _("That was a lot for one day. Try again tomorrow."))
        return _show(request, found, form, way, status=429)
    except FileRefused as refused:
        form.add_error("attached", refused.sentence)
        return _show(request, found, form, way)
    messages.success(request, _("Sent. The answer comes by mail, and stands here."))
    return redirect(way.here)


def _give(request: StoreRequest, found: Conversation, file_id: str) -> HttpResponseBase:
    row = file_of(found, file_id)
    if row is None:
        raise Http404
    return guarded(request, row)


def _show(
    request: StoreRequest,
    found: Conversation,
    form: MoreForm,
    way: Way,
    *,
    status: int = 200,
) -> HttpResponse:
    look(found, now=clock.now())
    is_mine = bool(request.customer) and found.customer_id == request.customer.pk  # type: ignore[union-attr]  # bool() of a lazy object
    context = {
        "conversation": found,
        "title": about(found),
        "stood": standing_of(found),
        "lines": lines_of(found, way.file),
        "form": form,
        "more_url": way.more,
        "is_mine": is_mine,
    }
    return render(request, "conversations/conversation.html", context, status=status)


def _of_customer(request: StoreRequest, letter_id: str) -> Conversation:
    if not request.customer:
        raise Http404
    rows = Conversation.objects.select_related("customer__user", "part__product", "product")
    found: Conversation = get_object_or_404(rows, public_id=letter_id, customer=request.customer)
    return found


def _by_key(letter_id: str, key: str) -> Conversation:
    rows = Conversation.objects.select_related("customer__user", "part__product", "product")
    found: Conversation = get_object_or_404(rows, public_id=letter_id)
    if not tokens.same(key, found.key):
        raise Http404
    return found
