"""What can be done with a subscription: each page says who is told and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import clock, money
from payments.admin.doing import Doing
from payments.models import OutboundCall, Subscription
from payments.services.subscriptions import leaving, resting, showing
from payments.services.subscriptions.coming import next_charge
from payments.services.subscriptions.unused import unused
from payments.services.subscriptions.wording import in_day
from payments.services.sync import sync_subscription
from stores.admin import Effect
from stores.admin.site import staff_of
from stores.roles import Area


class RestForm(forms.Form):
    """For how long."""

    def __init__(self, *args: Any, rests: Sequence[showing.Rest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"] = forms.TypedChoiceField(
            label=_("For how long?"),
            coerce=int,
            widget=forms.RadioSelect,
            choices=[
                (each.months, ", ".join(filter(None, (each.label, each.until)))) for each in rests
            ],
        )


class Deeds(Doing[Subscription]):
    """The pages of what can be done; a part of the subscriptions' admin."""

    title_of: Callable[..., str]

    def deeds(self) -> Sequence[tuple[str, Callable[..., HttpResponse]]]:
        """Return the pages' names and views."""
        return (
            ("leave", self.leave_view),
            ("end", self.end_view),
            ("stay", self.stay_view),
            ("rest", self.rest_view),
            ("return", self.return_view),
            ("sync", self.sync_view),
        )

    def leave_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it end with what is paid."""
        item, now = self.found(request, pk), clock.now()
        words = {"who": who_pays(item), "day": in_day(item.next_charge_at or now)}
        stays_open = item.next_charge_at is not None and not item.is_resting(now)
        effect = Effect(
            title=_("Let it end: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Let it end"),
            sentences=[
                _("No more charges. It stays open until %(day)s, when what is paid ends.") % words
                if stays_open
                else _("No more charges. It ends at once, as nothing is paid for now."),
                _("%(who)s gets a mail that says so, and can stay after all until then.") % words
                if stays_open
                else _("%(who)s gets a mail that says so.") % words,
                _("It costs nothing."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=blockers(item, leaves=True),
        )
        return self.ask(request, item, effect, lambda: leaving.leave_at_end(item, now=now))

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it today; what goes back is said before."""
        item, now = self.found(request, pk, Area.REFUNDS), clock.now()
        amount = unused(item, now)
        words = {"who": who_pays(item), "amount": money.display(amount, item.currency)}
        effect = Effect(
            title=_("End it today: %(title)s?") % {"title": self.title_of(item)},
            verb=_("End it today"),
            sentences=[
                _("No more charges, and it closes at once. This cannot be undone."),
                _("%(amount)s go back to the card of %(who)s, for the unused days.") % words
                if amount
                else _("Nothing goes back: no paid day is left."),
                _("%(who)s gets a mail that says so.") % words,
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=blockers(item),
        )
        by = staff_of(request).name
        return self.ask(request, item, effect, lambda: leaving.leave_today(item, now=now, by=by))

    def stay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo that it ends."""
        item, now = self.found(request, pk), clock.now()
        words = {
            "who": who_pays(item),
            "amount": next_charge(item).in_words(),
            "day": in_day(item.ends_at or now),
        }
        not_ending = [] if item.ends_at is not None else [_("It goes on already.")]
        effect = Effect(
            title=_("Let it go on: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Let it go on"),
            sentences=[
                _("Be sure that %(who)s asked for it: the card is charged %(amount)s on %(day)s.")
                % words,
                _("%(who)s gets a mail that says so.") % words,
            ],
            back_url=self.url_of(item),
            blockers=[*blockers(item), *not_ending],
        )
        return self.ask(request, item, effect, lambda: leaving.stay(item, now=now))

    def rest_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let it rest from the end of what is paid."""
        item, now = self.found(request, pk), clock.now()
        why_not = resting.why_not(item, now)
        rests = [] if why_not else showing.rests_of(item)
        form = RestForm(request.POST if request.method == "POST" else None, rests=rests)
        words = {"who": who_pays(item), "day": in_day(item.next_charge_at or now)}
        effect = Effect(
            title=_("Let it rest: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Let it rest"),
            sentences=[
                _("It stays open until %(day)s. Then it rests: closed, and nothing charged.")
                % words,
                _("At the end of the rest it goes on by itself, at the same price.")
                if next_charge(item).is_same
                else _("At the end of the rest it goes on by itself, at the price of that day."),
                _("%(who)s gets a mail with the dates, and can come back earlier.") % words,
            ],
            back_url=self.url_of(item),
            blockers=[*blockers(item), *([why_not] if why_not else [])],
        )

        def deed() -> object:
            return resting.rest(item, form.cleaned_data["months"], now=now)

        return self.ask(request, item, effect, deed, None if why_not else form)

    def return_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a rest before its day."""
        item, now = self.found(request, pk), clock.now()
        ways = showing.ways_of(item, now)
        words = {"who": who_pays(item), "amount": ways.charge_on_return}
        effect = Effect(
            title=_("End the rest: %(title)s?") % {"title": self.title_of(item)},
            verb=_("End the rest"),
            sentences=[
                _("It opens at once, and the card of %(who)s is charged %(amount)s today.") % words
                if ways.charge_on_return
                else _("The rest is given up; nothing is charged earlier than it was to be."),
                _("%(who)s gets a mail that says so.") % words,
            ],
            back_url=self.url_of(item),
            blockers=[
                *blockers(item),
                *([] if ways.returns or ways.is_waiting else [_("There is no rest to end.")]),
            ],
        )
        return self.ask(request, item, effect, lambda: resting.come_back(item, now=now))

    def sync_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask Stripe again how it stands."""
        item, now = self.found(request, pk), clock.now()
        effect = Effect(
            title=_("Ask Stripe again: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Ask Stripe again"),
            sentences=[
                _("What Stripe says counts: what is paid opens, what has ended closes."),
                _("Nobody is told, and it costs nothing."),
            ],
            back_url=self.url_of(item),
        )
        return self.ask(
            request,
            item,
            effect,
            lambda: sync_subscription(item.stripe_account, item.stripe_id, now),
        )


def who_pays(item: Subscription) -> str:
    """Return who pays, by their own name or their first order's, else by address."""
    return item.customer.name or item.order.name or item.customer.user.email


def blockers(item: Subscription, *, leaves: bool = False) -> list[str]:
    """Return why nothing can be changed now."""
    if item.ended_at is not None:
        return [_("It has ended already.")]
    if item.calls.filter(state=OutboundCall.State.WAITING).exists():
        return [_("An earlier change is still on its way. Try again in a few minutes.")]
    if leaves and item.ends_at is not None:
        return [_("It ends with what is paid already.")]
    return []
