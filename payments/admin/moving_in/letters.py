"""The letters to people who moved in: sent, answered, taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import clock
from payments.admin.moving_in.pages import page_of
from payments.admin.moving_in.steps import not_now
from payments.models import MoveIn, RenewHere
from payments.services.moving_in import letters
from payments.services.subscriptions.telling import day_in_words
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

State = MoveIn.State
TONES = {RenewHere.State.RENEWED: "good", RenewHere.State.OPEN: "warn"}


class LetterViews:
    """Sending the letters of a file, and what became of them."""

    def letters_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say whom the letters go to, and send them."""
        item = self.found(request, pk)
        if item.state != State.DONE:
            return not_now(self, request, item)
        reason = letters.why_no_letters(item)
        if request.method == "POST" and not reason:
            letters.send(item, now=clock.now())
            write(staff_of(request), log.SEND_OUT, item)
            messages.success(request, _("The letters are on their way, one each."))
            return HttpResponseRedirect(self.url_of(item))
        count = int(item.counts.get("letters", 0))
        effect = Effect(
            title=_("Send the letters?"),
            verb=_("Send them"),
            sentences=[
                ngettext(
                    "%(n)s person gets one letter, and one reminder three days before their"
                    " next charge.",
                    "%(n)s people get one letter each, and one reminder three days before their"
                    " next charge.",
                    count,
                )
                % {"n": count},
                _(
                    "Its button leaves their card here. The first charge falls on their old date,"
                    " at what they pay today; nothing before."
                ),
                _("Stop charging them elsewhere from that date on, or they pay twice."),
            ],
            back_url=self.url_of(item),
            blockers=[reason] if reason else (),
        )
        return confirm(request, effect)

    def answers_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who goes on, who has not said, and who said no."""
        item = self.found(request, pk)
        now, language = clock.now(), get_language() or "en"
        found = RenewHere.objects.filter(move_in=item).select_related(
            "customer__user", "access__product", "price"
        )
        page = page_of(request, found.order_by("charges_at", "pk"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who goes on here?"),
            "back_url": self.url_of(item),
            "rows": [
                (
                    letter,
                    letter.state(now).label,
                    TONES.get(letter.state(now), ""),
                    day_in_words(letter.charges_at, language),
                    self.url_for("withdraw_one", item.pk, letter.access_id)
                    if letter.may_renew(now) and self.has_change_permission(request)
                    else "",
                )
                for letter in page
            ],
            "answers": answers_of(item),
            "page": page,
        }
        return TemplateResponse(request, "payments/admin/move_in_answers.html", context)

    def withdraw_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Take all links back that were not answered."""
        item = self.found(request, pk)
        if request.method == "POST":
            letters.withdraw(RenewHere.objects.filter(move_in=item), now=clock.now())
            write(staff_of(request), log.CHANGE, item, ["Links taken back"])
            messages.success(request, _("The links open nothing any more."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Take the links back?"),
            verb=_("Take them back"),
            sentences=[
                _("The letters' buttons open nothing any more, and nobody is reminded."),
                _("What people have stays as it is."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
        )
        return confirm(request, effect)

    def withdraw_one_view(self: Any, request: HttpRequest, pk: int, access_pk: int) -> HttpResponse:
        """Take one link back."""
        item = self.found(request, pk)
        letter: RenewHere | None = (
            RenewHere.objects.filter(move_in=item, access=access_pk)
            .select_related("customer")
            .first()
        )
        if letter is None:
            raise Http404
        back_url = self.url_for("answers", item.pk)
        if request.method == "POST":
            letters.withdraw(RenewHere.objects.filter(pk=letter.pk), now=clock.now())
            write(staff_of(request), log.CHANGE, item, ["Links taken back"])
            messages.success(request, _("The link opens nothing any more."))
            return HttpResponseRedirect(back_url)
        effect = Effect(
            title=_("Take the link of %(who)s back?") % {"who": letter.customer},
            verb=_("Take it back"),
            sentences=[_("Its button opens nothing any more. What they have stays as it is.")],
            back_url=back_url,
        )
        return confirm(request, effect)


def answers_of(item: MoveIn) -> list[str]:
    """Return how many go on, did not say, said no, in sentences."""
    now = clock.now()
    counts: dict[str, int] = {}
    for letter in RenewHere.objects.filter(move_in=item).iterator(chunk_size=2000):
        state = letter.state(now)
        counts[state] = counts.get(state, 0) + 1
    return [f"{state.label}: {counts[state]}" for state in RenewHere.State if state in counts]
