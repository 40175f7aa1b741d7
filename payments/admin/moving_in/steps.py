"""The steps of a file: brought, its columns named, moved in, thrown away or taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock
from payments.forms.moving_in import ColumnsForm, FileForm, WelcomeForm
from payments.models import MoveIn
from payments.services.moving_in import bringing, taking_back, working
from payments.services.moving_in.words import counts_in_words
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

State = MoveIn.State
AT_ONCE = 200
"""So few lines are tried out while the page is waited for."""


def not_now(admin: Any, request: HttpRequest, item: MoveIn) -> HttpResponse:
    """Lead back to a file that is further, or not as far, as somebody thought."""
    messages.warning(request, _("This cannot be done with the file now."))
    return HttpResponseRedirect(admin.url_of(item))


class StepViews:
    """What is done with a file, each with a question before it."""

    def new_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Take a file in."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            staff = staff_of(request)
            file = request.FILES["file"]
            move_in = bringing.bring(
                form.cleaned_data["file"],
                file_name=str(getattr(file, "name", "")),
                by=staff.name,
                now=clock.now(),
            )
            write(staff, log.ADD, move_in)
            return HttpResponseRedirect(self.url_for("columns", move_in.pk))
        effect = Effect(
            title=_("Bring a file of people"),
            verb=_("Read it"),
            sentences=[
                _("Nobody is written to, and nothing is given, before you say so."),
                _("After this you say which column is what, and see what would happen."),
            ],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect, form)

    def columns_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask which column is what, and try the file out."""
        item = self.found(request, pk)
        if item.state not in {State.MAPPING, State.READY, State.CHECKING}:
            return not_now(self, request, item)
        form = ColumnsForm(item, request.POST if request.method == "POST" else None)
        if form.is_valid():
            move_in = bringing.try_out(item, **form.chosen())
            if move_in.total <= AT_ONCE:
                working.work_at_once(move_in, clock.now())
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Which column is what?"),
            verb=_("Try it out"),
            sentences=[_("We guessed by the names. Trying it out changes nothing.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, form)

    def begin_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say once more what will happen, and let it."""
        item = self.found(request, pk)
        if item.state != State.READY:
            return not_now(self, request, item)
        form = WelcomeForm(request.POST or None) if item.counts.get("welcomes") else None
        if request.method == "POST":
            wants = form is not None and form.is_valid() and form.cleaned_data["wants_welcome"]
            bringing.begin(item, now=clock.now(), wants_welcome=wants)
            write(staff_of(request), log.CHANGE, item, ["Moved in"])
            return HttpResponseRedirect(self.url_of(item))
        language = get_language() or "en"
        effect = Effect(
            title=_("Move them in?"),
            verb=_("Move them in"),
            sentences=[
                *counts_in_words(item.counts, language, is_done=False),
                _("Nobody is written to by this. The letters are a button of their own.")
                if form is None
                else _(
                    "Nobody is written to by this, unless you tick it. The letters to pay on are a"
                    " button of their own."
                ),
                _("For 14 days all of it can be taken back."),
            ],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, form)

    def discard_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Throw a file away that gave nothing."""
        item = self.found(request, pk)
        if item.state not in {State.MAPPING, State.READY, State.CHECKING}:
            return not_now(self, request, item)
        if request.method == "POST":
            write(staff_of(request), log.DELETE, item)
            bringing.discard(item)
            messages.success(request, _("The file was thrown away. Nothing had been given."))
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Throw the file away?"),
            verb=_("Throw it away"),
            sentences=[_("Nothing was given by it, and nothing changes.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect)

    def undo_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before it is taken back."""
        item = self.found(request, pk)
        if not taking_back.may_undo(item, clock.now()):
            return not_now(self, request, item)
        if request.method == "POST":
            taking_back.undo(item, now=clock.now())
            write(staff_of(request), log.CHANGE, item, ["Taken back"])
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Take all of it back?"),
            verb=_("Take it back"),
            sentences=[
                _("The access, the months and the consents that this file gave are taken back."),
                _("Who pays here by now keeps everything."),
                _("The people stay in your list of customers. Nobody gets a mail."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
        )
        return confirm(request, effect)
