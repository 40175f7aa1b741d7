"""Writing to the shop: from any page of a customer, and by the contact page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import client_address
from conversations.errors import FileRefused, TooMany
from conversations.forms import LARGEST_NUMBER, AskForm, ContactForm, VisitorMixin
from conversations.models import Conversation
from conversations.services.asking import Place, Writer, begin
from conversations.services.enclosing import judged
from core import clock
from core.text import clean_line
from products.models import Part, Product
from stores.contract import StoreRequest

PLACE = ("part", "product", "order", "from", "at")
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: StoreRequest) -> HttpResponse:
    """Ask the shop about the page one stands on; what it is travels with the question."""
    asked = request.POST if request.method == "POST" else request.GET
    place = place_in(asked)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {"kind": asked.get("kind") or Conversation.Kind.QUESTION}
    form = AskForm(*data, is_known=bool(request.customer), initial=initial)
    if form.is_valid():
        answer = _write(request, form, form.cleaned_data["kind"], place)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "place": place,
        "about": _about(place),
        "carried": [(name, asked[name][:300]) for name in PLACE if asked.get(name)],
    }
    return render(request, "conversations/ask.html", context, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: StoreRequest) -> HttpResponse:
    """Let anybody write to the shop; the answer is the same whether an address is known."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _write(request, form, Conversation.Kind.CONTACT, Place(), is_known=False)
        if answer is not None:
            return answer
    context = {"form": form}
    return render(request, "conversations/contact.html", context, status=_status(form))


@never_cache
@require_safe
def sent(request: StoreRequest) -> HttpResponse:
    """Say that it was received, and where the answer comes."""
    return render(request, "conversations/sent.html")


def place_in(asked: QueryDict) -> Place:
    """Return where somebody stood, from an address; what is not of this store is nowhere."""
    part = Part.objects.select_related("product").filter(public_id=_word(asked, "part")).first()
    product = Product.objects.filter(public_id=_word(asked, "product")).first()
    number = _word(asked, "order")
    is_number = number.isascii() and number.isdigit() and 0 < int(number[:12]) <= LARGEST_NUMBER
    came_from = urlsplit(_word(asked, "from"))
    path = came_from.path if came_from.path.startswith("/") and not came_from.netloc else ""
    return Place(
        part=part,
        product=product,
        order_number=int(number) if is_number else None,
        page_path=path[:300],
        stood=_word(asked, "at")[:120],
    )


def address_of(request: StoreRequest) -> str:
    """Return who asks, as limits count them."""
    behind_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    return client_address(request.META, behind_proxy=behind_proxy)


def _write(
    request: StoreRequest,
    form: VisitorMixin,
    kind: str,
    place: Place,
    *,
    is_known: bool = True,
) -> HttpResponse | None:
    """Begin the conversation and lead on; None when the form has to say why not."""
    if form.is_programs:
        return redirect("conversations:sent")
    said: dict[str, Any] = form.cleaned_data
    writer = Writer(
        language=get_language() or request.store.language,
        ip=address_of(request),
        customer=request.customer if is_known and request.customer else None,
        email=said.get("email", ""),
        name=said.get("name", ""),
    )
    try:
        sender = writer.customer.public_id if writer.customer is not None else writer.ip
        files = judged(said.get("attached", ()), of=sender)
        begun = begin(
            writer, kind=kind, text=said["text"], place=place, files=files, now=clock.now()
        )
    except FileRefused as refused:
        form.add_error("attached", refused.sentence)
        return None
    except TooMany:
        form.add_error(None, _("That was a lot for one day. Try again tomorrow."))
        return None
    if writer.customer is None:
        return redirect("conversations:sent")
    messages.success(request, _("Sent. The answer comes by mail, and stands here."))
    return redirect("conversations:conversation", begun.public_id)


def _about(place: Place) -> list[str]:
    """Return where one stands, as the page says it."""
    product = place.product or (place.part.product if place.part else None)
    names = [product.title if product else "", place.part.title if place.part else ""]
    number = _("order %(number)s") % {"number": place.order_number} if place.order_number else ""
    return list(dict.fromkeys(each for each in [*names, number, place.stood] if each))


def _status(form: VisitorMixin) -> int:
    return TOO_MANY if form.is_bound and form.non_field_errors() else 200


def _word(asked: QueryDict, name: str) -> str:
    return clean_line(asked.get(name, "")[:400])
