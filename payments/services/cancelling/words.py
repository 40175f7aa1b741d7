"""The rules in sentences: on the terms page, at checkout, in the receipt and on an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.consents import NEWS_TICK
from core import clock, money
from core.clock import local_day
from payments.contract import NEWS
from payments.models import CancelPolicy, Order
from payments.services.cancelling.continuing.wording import law_sentences
from payments.services.cancelling.judging import (
    OPENS_AT_ONCE,
    Judged,
    judge,
    law_at,
    policy,
    terms_of,
)
from payments.services.cancelling.law import Law, law_of
from payments.services.cancelling.right import Facts, cancel_right
from products.models import Price
from stores.models import Store
from stores.scope import current_store
from stores.services.business import business_of

PERCENT = 100


def consents_for(
    store: Store, price: Price, now: datetime | None = None
) -> list[tuple[str, str, bool]]:
    """Return the ticks that the law of the seller's country asks for before this is bought.

    Each is its key in ``Order.consents``, its sentence, and whether nothing is sold without it.
    EU: Directive 2011/83/EU, Art. 16(m). What costs nothing needs none.
    """
    law = law_of(business_of(store).country, local_day(now or clock.now(), store.zone))
    is_free = price.kind == Price.Kind.FREE
    if is_free or not law.opening_needs_consent or policy().after_opening:
        return []
    return [(OPENS_AT_ONCE, _at_once(), True)]


def consents_in_words() -> dict[str, str]:
    """Return the sentence behind each key of ``Order.consents``, as checkout asks for it."""
    return {OPENS_AT_ONCE: _at_once(), NEWS: str(NEWS_TICK)}


def _at_once() -> str:
    return _("Open it at once. I know that once I open it, I can no longer cancel the purchase.")


def policy_sentences(store: Store, now: datetime) -> list[str]:
    """Return what may be cancelled, until when and at what cost, as the store's terms say it."""
    law = law_of(business_of(store).country, local_day(now, store.zone))
    own = policy()
    said = [*_days(law, own), *_openings(law, own), *_costs(law, own)]
    said.append(_("Before a presale opens, all of the money comes back, without a reason."))
    said.append(
        ngettext(
            "The money is back within %(n)s day of the notice.",
            "The money is back within %(n)s days of the notice.",
            law.refund_days,
        )
        % {"n": law.refund_days}
    )
    if law.protected_months:
        said.append(
            ngettext(
                "People with a disability, of 65 years or more, and new immigrants have"
                " %(n)s month, when there was a conversation before the purchase, in writing too.",
                "People with a disability, of 65 years or more, and new immigrants have"
                " %(n)s months, when there was a conversation before the purchase, in writing too.",
                law.protected_months,
            )
            % {"n": law.protected_months}
        )
    if Price.objects.filter(kind=Price.Kind.SUBSCRIPTION, is_active=True).exists():
        said += law_sentences(now)
    return said


def _days(law: Law, own: CancelPolicy) -> list[str]:
    days = max(law.days, own.days or 0)
    if not days:
        return [_("The shop has no days to cancel. You can write, and a person answers.")]
    said = [
        ngettext(
            "A purchase may be cancelled within %(n)s day, without a reason.",
            "A purchase may be cancelled within %(n)s days, without a reason.",
            days,
        )
        % {"n": days}
    ]
    if law.counts_from_document:
        said.append(_("The days begin when the receipt's mail was sent."))
    return said


def _openings(law: Law, own: CancelPolicy) -> list[str]:
    if own.after_opening:
        return [_("It may be cancelled also after it was opened.")]
    if law.opening_needs_consent:
        return [
            _(
                "What you asked to open at once cannot be cancelled once you opened it."
                " You can still ask, and a person answers."
            )
        ]
    return [
        _(
            "What was opened cannot be returned by itself, because it can be copied."
            " You can still ask, and a person answers."
        )
    ]


def _costs(law: Law, own: CancelPolicy) -> list[str]:
    terms = terms_of(own)
    currency = current_store().currency
    share = law.fee_share if law.country else terms.fee_share
    most = law.fee_most.get(currency)
    if not terms.charges_fee or not share or (law.country and not most):
        return [_("It costs nothing.")]
    percent = formats.number_format(share / PERCENT, use_l10n=True, decimal_pos=None)
    if most is None:
        return [_("%(percent)s%% of the price is kept.") % {"percent": percent}]
    return [
        _("%(percent)s%% of the price is kept, at most %(most)s.")
        % {"percent": percent, "most": money.display(most, currency)}
    ]


def right_sentences(judged: Judged) -> list[str]:
    """Return how one bought thing stands: may it be cancelled, until when, at what cost."""
    right = judged.right
    said = [str(right.sentence)]
    if right.may and right.until is not None:
        said.append(_("Until %(day)s.") % {"day": last_day(right.until)})
    if right.may and right.fee:
        said.append(_("%(fee)s is kept.") % {"fee": judged.display_fee()})
    if judged.first_opened_at is not None:
        opened = judged.first_opened_at.astimezone(current_store().zone)
        day = formats.date_format(opened, "DATETIME_FORMAT")
        said.append(_("First opened: %(day)s.") % {"day": day})
    return said


def purchase_sentences(order: Order, now: datetime) -> list[str]:
    """Return what the receipt says of the right to cancel: until when, its cost, its end.

    Written while the receipt is on its way, so the days are counted from now.
    """
    store = current_store()
    law, own = law_at(order), policy()
    judged = judge(order, now)
    if not judged or order.total == 0:
        return []
    if any(each.line.product.is_presale for each in judged):
        return [_("Until it opens you may have your money back, no questions."), *_costs(law, own)]
    facts = Facts(
        amount=order.total,
        currency=order.currency,
        bought_at=order.paid_at or now,
        document_sent_at=now,
    )
    right = cancel_right(law, terms_of(own), facts, now, store.zone)
    said: list[str] = []
    if right.may and right.until is not None:
        day = last_day(right.until)
        said.append(_("You may cancel until %(day)s, without a reason.") % {"day": day})
        said += [*_costs(law, own), *_openings(law, own)]
    else:
        said += _days(law, own)
    if order.consents.get(OPENS_AT_ONCE):
        said.append(
            _("You asked that it opens at once, and said you know that opening ends the right.")
        )
    return said


def seller_lines(store: Store, language: str | None = None) -> Sequence[str]:
    """Return who sells, as a purchase's document must say: name, number, address, contact."""
    business = business_of(store)
    known = [
        business.legal_name,
        business.tax_id,
        ", ".join(line for line in business.lines(language) if line) if business.address else "",
        business.phone,
        business.email,
    ]
    return [line for line in known if line]


def last_day(until: datetime) -> str:
    """Return the last day that ends at ``until``, in words."""
    moment = until.astimezone(current_store().zone) - timedelta(minutes=1)
    return formats.date_format(moment.date(), "DATE_FORMAT")
