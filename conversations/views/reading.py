"""Reading the answer and writing on: signed in, or by the link in a mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from conversations.errors import TooMany
from conversations.forms import MoreForm
from conversations.models import Conversation
from conversations.services.asking import confirm, look, say_more
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
    return _show(request, found, MoreForm(), reverse("conversations:more", args=[letter_id]))


@login_required
@require_POST
def more(request: StoreRequest, letter_id: str) -> HttpResponse:
    """Add a word to one's own conversation."""
    found = _of_customer(request, letter_id)
    here = reverse("conversations:conversation", args=[letter_id])
    return _say(request, found, here, reverse("conversations:more", args=[letter_id]))


@never_cache
@require_safe
def keyed(request: StoreRequest, letter_id: str, key: str) -> HttpResponse:
    """Show a conversation to who holds the link from its mail, signed in or not."""
    found = _by_key(letter_id, key)
    confirm(found, now=clock.now())
    return _show(request, found, MoreForm(), _keyed_more(found))


@never_cache
@require_POST
def keyed_more(request: StoreRequest, letter_id: str, key: str) -> HttpResponse:
    """Add a word by the link from a mail."""
    found = _by_key(letter_id, key)
    here = reverse("conversations:keyed", args=[letter_id, key])
    return _say(request, found, here, _keyed_more(found))


def _say(request: StoreRequest, found: Conversation, here: str, more_url: str) -> HttpResponse:
    form = MoreForm(request.POST)
    if form.is_valid():
        try:
            say_more(found, form.cleaned_data["text"], ip=address_of(request), now=clock.now())
        except TooMany:
            form.add_error(None, _("That was a lot for one day. Try again tomorrow."))
            return _show(request, found, form, more_url, status=429)
        messages.success(request, _("Sent. The answer comes by mail, and stands here."))
        return redirect(here)
    return _show(request, found, form, more_url)


def _show(
    request: StoreRequest,
    found: Conversation,
    form: MoreForm,
    more_url: str,
    *,
    status: int = 200,
) -> HttpResponse:
    look(found, now=clock.now())
    is_mine = bool(request.customer) and found.customer_id == request.customer.pk  # type: ignore[union-attr]  # bool() of a lazy object
    context = {
        "conversation": found,
        "title": about(found),
        "stood": standing_of(found),
        "lines": lines_of(found),
        "form": form,
        "more_url": more_url,
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


def _keyed_more(found: Conversation) -> str:
    return reverse("conversations:keyed-more", args=[found.public_id, found.key])
