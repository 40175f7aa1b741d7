"""Moving an order or one access to another address: asked, shown, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from access.models import Access
from core import clock
from payments.errors import CannotMove
from payments.forms.finding import MoveForm
from payments.models import Order
from payments.services.fulfilment import accesses_of
from payments.services.moving import Move, came_from, move_access, move_order, preview
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write


def in_words(move: Move) -> list[str]:
    """Return what a move does, in sentences."""
    sentences = [
        _("“%(titles)s” goes from %(giver)s to %(receiver)s, with what it includes.")
        % {
            "titles": "”, “".join(move.titles),
            "giver": move.from_address,
            "receiver": move.to_address,
        },
        _("Both get a mail, and neither learns the other's address."),
        _("Receipts and documents stay as they were issued. It can be moved back."),
    ]
    if move.was_opened:
        sentences.append(_("It was opened already, by whoever had it."))
    if move.is_new_here:
        sentences.append(_("Nobody with this address is in your list yet: they will be."))
    for title in move.also_theirs:
        words = _("They have “%(title)s” already, and will have it twice.")
        sentences.append(words % {"title": title})
    return sentences


def ask_move(
    request: HttpRequest,
    *,
    title: str,
    accesses: Sequence[Access],
    from_address: str,
    back_url: str,
    act: Callable[[str, str], None],
    titles: Sequence[str] = (),
) -> HttpResponse:
    """Ask where to, show what it does, then do it: three looks, one page.

    ``titles`` name what goes where it gave nothing that could: an order of a gift.
    """
    typed = request.POST if request.method == "POST" else None
    giver = came_from(accesses)
    form = MoveForm(typed, initial={"email": giver.user.email if giver else ""})
    move = None
    if form.is_valid():
        email = form.cleaned_data["email"]
        if email == from_address:
            form.add_error("email", _("It is there already."))
        elif form.cleaned_data["sure"]:
            try:
                act(email, form.cleaned_data["because"])
            except CannotMove as error:
                messages.error(request, str(error.sentence))
            else:
                messages.success(request, _("Moved. Both get a mail."))
            return HttpResponseRedirect(back_url)
        else:
            seen = preview(accesses, from_address, email)
            move = seen if seen.titles else replace(seen, titles=titles)
    sentences = in_words(move) if move else []
    if giver is not None and not move:
        sentences = [_("It was moved here from %(who)s.") % {"who": giver.user.email}]
    effect = Effect(
        title=title,
        verb=_("Move it") if move else _("See what it does"),
        sentences=sentences,
        back_url=back_url,
        is_dangerous=move is not None,
    )
    return confirm(request, effect, _sure(form) if move else form)


def _sure(form: MoveForm) -> MoveForm:
    values = {name: form.cleaned_data.get(name) or "" for name in form.fields} | {"sure": "1"}
    again = MoveForm(values)
    again.is_valid()
    for bound in again.fields.values():
        bound.widget = forms.HiddenInput()
    return again


def ask_move_order(request: HttpRequest, order: Order, back_url: str) -> HttpResponse:
    """Move an order."""
    staff = staff_of(request)

    def act(email: str, because: str) -> None:
        old = order.email
        move_order(order, email, by=staff.name, now=clock.now(), because=because)
        write(staff, log.MOVE, order, [f"{old} → {email}", because])

    return ask_move(
        request,
        title=_("Move order %(number)s to another address") % {"number": order.number},
        accesses=accesses_of(order),
        from_address=order.email,
        back_url=back_url,
        act=act,
        titles=[line.title for line in order.lines.all()],
    )


def move_access_view(request: HttpRequest, access_pk: int) -> HttpResponse:
    """Move one access of a customer, with what it includes."""
    staff = staff_of(request)
    access: Access | None = (
        Access.objects.filter(pk=access_pk, parent=None)
        .select_related("customer__user", "product")
        .first()
    )
    if access is None:
        raise Http404
    if not staff.may_change(Area.CUSTOMERS):
        raise PermissionDenied

    def act(email: str, because: str) -> None:
        old = access.customer.user.email
        move_access(access, email, by=staff.name, now=clock.now(), because=because)
        write(staff, log.MOVE, access.product, [f"{old} → {email}", because])

    return ask_move(
        request,
        title=_("Move “%(what)s” to another address") % {"what": access.product.title},
        accesses=[access],
        from_address=access.customer.user.email,
        back_url=reverse("admin:access_access_change", args=[access.pk]),
        act=act,
    )
