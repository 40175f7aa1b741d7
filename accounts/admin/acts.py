"""What is done about a customer: a sign-in link by mail, and the notes of the team."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import TooOften
from accounts.models import Customer, Note
from accounts.services.notes import rewrite_note, write_note
from accounts.services.signing_in import ask
from core import clock
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of, store_of
from stores.forms import CleanTextMixin
from stores.models import Staff
from stores.roles import Area
from stores.services.log import write


class NoteForm(CleanTextMixin, forms.Form):
    """A note about a customer."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        help_text=gettext_lazy("On no page of theirs, but in their copy of all that is kept."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


def sign_in_link_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a customer a code and a link to sign in with, to the address they have."""
    staff, customer = _found(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    store = store_of(request)
    if form.is_valid():
        try:
            ask(
                customer.user.email,
                store=store,
                ip=f"staff:{store.public_id}:{staff.pk}",
                language=customer.language or store.language,
                now=clock.now(),
                next_path=reverse("storefront:shelf"),
            )
        except TooOften:
            messages.warning(request, _("They got several of these already. Try again in an hour."))
        else:
            write(staff, log.SIGN_IN, customer)
            messages.success(request, _("It is on its way to them."))
        return HttpResponseRedirect(_url(customer))
    effect = Effect(
        title=_("Send %(who)s a way to sign in?") % {"who": customer},
        verb=_("Send it"),
        sentences=[
            _("A mail with a code and a link goes to the address they have here."),
            _("It opens their shelf for whoever reads that mailbox, for fifteen minutes."),
        ],
        back_url=_url(customer),
    )
    return confirm(request, effect, form)


def note_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note about a customer."""
    staff, customer = _found(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        write_note(customer, form.cleaned_data["text"], by=staff, now=clock.now())
        messages.success(request, _("Kept. Only your team sees it."))
        return HttpResponseRedirect(f"{_url(customer)}#history")
    effect = Effect(
        title=_("A note about %(who)s") % {"who": customer},
        verb=_("Keep it"),
        sentences=[],
        back_url=_url(customer),
    )
    return confirm(request, effect, form)


def note_view(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Put a note in other words."""
    _staff, customer = _found(request, pk)
    note = _note(customer, note_pk)
    data = request.POST if request.method == "POST" else None
    form = NoteForm(data, initial={"text": note.text})
    if form.is_valid():
        rewrite_note(note, form.cleaned_data["text"], now=clock.now())
        messages.success(request, _("Kept. Only your team sees it."))
        return HttpResponseRedirect(f"{_url(customer)}#history")
    effect = Effect(
        title=_("A note about %(who)s") % {"who": customer},
        verb=_("Keep it"),
        sentences=[],
        back_url=_url(customer),
    )
    delete = (
        _("Delete this note"),
        reverse("admin:accounts_customer_note_delete", args=[pk, note_pk]),
    )
    return confirm(request, effect, form, acts=[delete])


def note_delete_view(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Delete a note."""
    _staff, customer = _found(request, pk)
    note = _note(customer, note_pk)
    if request.method == "POST":
        note.delete()
        messages.success(request, _("The note is gone."))
        return HttpResponseRedirect(_url(customer))
    effect = Effect(
        title=_("Delete this note?"),
        verb=_("Delete"),
        sentences=[note.text],
        back_url=_url(customer),
        is_dangerous=True,
    )
    return confirm(request, effect)


def _found(request: HttpRequest, pk: int) -> tuple[Staff, Customer]:
    staff = staff_of(request)
    rows = Customer.objects.filter(pk=pk, erased_at=None)
    customer: Customer | None = rows.select_related("user").first()
    if customer is None:
        raise Http404
    if not staff.may_change(Area.CUSTOMERS):
        raise PermissionDenied
    return staff, customer


def _note(customer: Customer, note_pk: int) -> Note:
    note: Note | None = Note.objects.filter(customer=customer, pk=note_pk).first()
    if note is None:
        raise Http404
    return note


def _url(customer: Customer) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])
