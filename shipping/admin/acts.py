"""What can be done about one parcel: a question, its effect in sentences, and the act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core import clock
from shipping.contract import POST
from shipping.errors import CannotChange
from shipping.forms.address import AddressForm, first_values
from shipping.forms.sending import BackForm, SentForm
from shipping.models import Parcel
from shipping.services import parcels
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

State = Parcel.State
Page = tuple[str, str, Callable[..., HttpResponse]]


class ParcelActs:
    """The pages of one parcel; a part of the parcels' admin."""

    found: Callable[..., Parcel]
    url_of: Callable[..., str]
    url_for: Callable[..., str]
    said: Callable[..., HttpResponse]

    def act_pages(self) -> Sequence[Page]:
        """Return the pages' routes, names and views."""
        return (
            ("<int:pk>/address/", "address", self.address_view),
            ("<int:pk>/packed/", "packed", self.packed_view),
            ("<int:pk>/sent/", "sent", self.sent_view),
            ("<int:pk>/not-sent/", "not_sent", self.not_sent_view),
            ("<int:pk>/arrived/", "arrived", self.arrived_view),
            ("<int:pk>/again/", "again", self.again_view),
            ("<int:pk>/back/", "back", self.back_view),
        )

    def acts(self, request: HttpRequest, item: Parcel | None) -> Sequence[tuple[Any, str]]:
        """Return what can be done with a parcel where it is."""
        if item is None or not staff_of(request).may_change(self.area):  # type: ignore[attr-defined]  # the admin's own
            return ()
        wanted = {
            State.TO_PACK: ("sent", "packed", "address"),
            State.PACKED: ("sent", "address"),
            State.SENT: ("arrived", "again", "back", "not_sent"),
            State.ARRIVED: ("back",),
            State.LOST: ("again",),
            State.BACK: ("again",),
        }.get(State(item.state), ())
        verbs = {
            "sent": _("It is ready to be picked up") if item.pickup_id else _("It was posted"),
            "packed": _("It is packed"),
            "address": _("Change the address"),
            "arrived": _("It was picked up") if item.pickup_id else _("It arrived"),
            "again": _("Send another copy"),
            "back": _("It came back"),
            "not_sent": _("It was not posted after all"),
        }
        if item.unsold_at is not None:
            wanted = tuple(each for each in wanted if each != "again")
        return [(verbs[name], self.url_for(name, item.pk)) for name in wanted]

    def _ask(
        self,
        request: HttpRequest,
        parcel: Parcel,
        effect: tuple[str, str, list[str]],
        act: Callable[[Any], object],
        done: str,
        form: forms.Form | None = None,
    ) -> HttpResponse:
        title, verb, sentences = effect
        is_right = form is None or form.is_valid()
        if request.method == "POST" and is_right:
            try:
                act(form)
            except CannotChange as refused:
                messages.error(request, str(refused.sentence))
                return HttpResponseRedirect(self.url_of(parcel))
            write(staff_of(request), log.CHANGE, parcel, [verb])
            return self.said(request, parcel, done)
        asked = Effect(title, verb, sentences, self.url_of(parcel))
        return confirm(request, asked, form)

    def _typed(self, request: HttpRequest) -> Any:
        return request.POST if request.method == "POST" else None

    def packed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that it is packed."""
        parcel = self.found(request, pk)
        effect = (_("Is it packed?"), _("It is packed"), [_("Its buyer gets a mail that says so.")])

        def act(_form: Any) -> object:
            return parcels.pack(parcel, tells=True, now=clock.now())

        return self._ask(request, parcel, effect, act, _("Saved."))

    def sent_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that it was posted, by whom and under which number."""
        parcel = self.found(request, pk)
        if parcel.pickup_id:
            verb = _("It is ready to be picked up")
            sentence = _("Its buyer gets a mail with the address and the hours.")
        else:
            verb = _("It was posted")
            sentence = _("Its buyer gets a mail, with the number where there is one.")
        form = None if parcel.pickup_id else SentForm(self._typed(request))

        def act(filled: SentForm | None) -> object:
            carrier = filled.who() if filled else ""
            number = filled.cleaned_data["tracking"] if filled else ""
            return parcels.mark_sent(parcel, carrier=carrier, tracking=number, now=clock.now())

        effect = (_("Has it left?"), verb, [sentence])
        return self._ask(request, parcel, effect, act, _("Saved. Its buyer is told."), form)

    def not_sent_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo that it was posted."""
        parcel = self.found(request, pk)
        effect = (
            _("Was it not posted after all?"),
            _("Back to the list"),
            [_("It is on the list to post again. The mail that went out cannot be called back.")],
        )

        def act(_form: Any) -> object:
            return parcels.not_sent(parcel)

        return self._ask(request, parcel, effect, act, _("It is on the list again."))

    def arrived_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that it arrived."""
        parcel = self.found(request, pk)
        effect = (_("Did it arrive?"), _("It arrived"), [_("Its buyer gets a mail that says so.")])

        def act(_form: Any) -> object:
            return parcels.mark_arrived(parcel, now=clock.now())

        return self._ask(request, parcel, effect, act, _("Saved."))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give it up as lost and put another copy on the list."""
        parcel = self.found(request, pk)
        effect = (
            _("Send another copy?"),
            _("Send another copy"),
            [
                _("This one counts as lost, and another copy of the stock goes on the list."),
                _("It costs its buyer nothing, and they get a mail."),
            ],
        )

        def act(_form: Any) -> object:
            return parcels.send_again(parcel, now=clock.now())

        return self._ask(request, parcel, effect, act, _("Another copy is on the list."))

    def back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take in a copy that came back."""
        parcel = self.found(request, pk)
        effect = (
            _("Did it come back?"),
            _("It came back"),
            [
                _("What was bought digital stays open. Money goes back on the order's page."),
                _("From here it can be sent once more."),
            ],
        )
        form = BackForm(self._typed(request))

        def act(filled: BackForm) -> object:
            fit = bool(filled.cleaned_data["is_fit"])
            return parcels.came_back(parcel, is_fit=fit, now=clock.now())

        return self._ask(request, parcel, effect, act, _("Saved."), form)

    def address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put right where it goes."""
        parcel = self.found(request, pk)
        how = parcel.pickup.public_id if parcel.pickup else POST
        first = first_values(parcel.destination) | {"ship_how": how}
        typed = self._typed(request)
        if typed is not None:
            typed = typed.copy()
            typed["ship_how"] = how
        form = AddressForm(typed, initial=first)
        form.fields["ship_how"].widget = forms.HiddenInput()
        effect: tuple[str, str, list[str]] = (_("Where does it go?"), _("Save"), [])

        def act(filled: AddressForm) -> object:
            destination = filled.destination()
            assert destination is not None  # noqa: S101 -- this form always asks
            return parcels.change_address(parcel, destination)

        return self._ask(request, parcel, effect, act, _("Saved. It goes there now."), form)
