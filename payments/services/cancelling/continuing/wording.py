"""A stop in sentences, and what a notice may choose: the same for its owner, the team and mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import money
from payments.models import Stop, Subscription
from payments.services.cancelling.continuing.effect_day import Wish
from payments.services.cancelling.continuing.law import ContinuingLaw
from payments.services.cancelling.continuing.stopping import (
    Asked,
    judge,
    law_now,
    would_give_back,
)
from payments.services.subscriptions.wording import end_in_words, in_day
from stores.scope import current_store


@dataclass(frozen=True)
class Choice:
    """One of the days from which it may be over, with what comes back."""

    wish: str
    label: str
    detail: str


def sentences_of(stopped: Stop, language: str | None = None) -> list[str]:
    """Return what a notice did to one subscription."""
    subscription = stopped.subscription
    said = [_("Nothing is charged any more.")]
    if stopped.effective_at <= stopped.said_at:
        said.append(_("Nothing was paid for the time from here on, so it is over at once."))
    elif stopped.ended_before is not None and stopped.ended_before <= stopped.effective_at:
        day = in_day(stopped.effective_at, language)
        said.append(_("It was to end on %(day)s already, and does.") % {"day": day})
    else:
        words = {"day": in_moment(stopped.effective_at, language)}
        said.append(_("It takes effect on %(day)s; until then it stays open.") % words)
    if stopped.amount:
        amount = money.display(stopped.amount, subscription.currency, language)
        said.append(_("%(amount)s go back to where they came from.") % {"amount": amount})
    return said


def in_moment(moment: datetime, language: str | None = None) -> str:
    """Return a day, with its hour unless it is the day's last minute."""
    local = moment.astimezone(current_store().zone)
    day = in_day(moment, language)
    if (local.hour, local.minute) == (23, 59):
        return day
    return f"{day}, {formats.time_format(local.time(), 'H:i')}"


def choices_for(subscription: Subscription, said_at: datetime) -> list[Choice]:
    """Return from when it may be over, the law's day first; none where it is over at once."""
    soon = judge(subscription, said_at, Asked(Wish.SOON))
    if soon.at <= said_at:
        return []
    found = [
        Choice(
            Wish.SOON,
            _("As soon as possible: on %(day)s") % {"day": in_moment(soon.at)},
            _back(subscription, said_at, Wish.SOON),
        )
    ]
    end = judge(subscription, said_at, Asked(Wish.END))
    if end.at > soon.at:
        words = {"when": end_in_words(subscription, said_at), "day": in_day(end.at)}
        label = _("%(when)s: on %(day)s") % words
        found.append(Choice(Wish.END, label[:1].upper() + label[1:], _("Nothing comes back.")))
    by_law = judge(subscription, said_at)
    if by_law.at == end.at > soon.at:
        found.reverse()
    return found


def _back(subscription: Subscription, said_at: datetime, wish: Wish) -> str:
    amount = would_give_back(subscription, said_at, Asked(wish))
    if not amount:
        return _("Nothing comes back.")
    return _("%(amount)s comes back.") % {"amount": money.display(amount, subscription.currency)}


def spoken_sentences(subscription: Subscription, now: datetime) -> list[str]:
    """Return what writing a spoken notice down does, before it is done."""
    return [
        _("Nothing is charged any more, from the moment you write it down."),
        *(f"{choice.label}. {choice.detail}" for choice in choices_for(subscription, now)),
        _("Its owner gets a mail with number, day and hour."),
    ]


def law_sentences(now: datetime) -> list[str]:
    """Return what the store's terms say of ending what is paid again and again."""
    law = law_now(now)
    said = [
        _("What is paid again and again may be stopped at any time, without a reason."),
        _("From the notice on nothing is charged."),
        *_effect(law),
    ]
    if law.start_days:
        said.append(
            ngettext(
                "In the first %(n)s day it may end at once.",
                "In the first %(n)s days it may end at once.",
                law.start_days,
            )
            % {"n": law.start_days}
        )
    said.append(_("It can also go on until the end of what is paid; then nothing comes back."))
    return said


def _effect(law: ContinuingLaw) -> list[str]:
    if not law.ends_at_any_time:
        return [_("It ends with what is paid, or sooner, and the unused days' money comes back.")]
    words = {"n": law.working_days, "post": law.working_days_by_post}
    return [
        ngettext(
            "It takes effect within %(n)s working day, %(post)s for a notice by registered mail,"
            " and the unused days' money comes back.",
            "It takes effect within %(n)s working days, %(post)s for a notice by registered mail,"
            " and the unused days' money comes back.",
            law.working_days,
        )
        % words
    ]
