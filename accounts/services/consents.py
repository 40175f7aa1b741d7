"""Consent to being written to: given with its own tick, kept as it was given, taken back by a link.

Israel's Communications Law, section 30A, and the GDPR's article 7 both want the sender to be able
to show each yes, and leaving to be as easy as joining: so a yes is a row that says when, where and
at which sentence, and a later one is another row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import Consent, Customer
from stores import slots
from stores.models import Store
from stores.services.addresses import page_url

NEWS = Consent.Purpose.NEWS
NEWS_TICK = gettext_lazy("Yes, write to me about new things")
UNDO_WITHIN = timedelta(hours=24)
"""How long a mail's link can take the leaving back: later, an old mail would join anybody again."""


@transaction.atomic
def give_consent(
    customer: Customer,
    *,
    source: str,
    language: str,
    now: datetime,
    purpose: str = NEWS,
    wording: str = "",
) -> Consent:
    """Write down that the customer ticked the box; a yes that stands already stays as it was given.

    ``source`` says where, in a word; ``wording`` is the sentence beside the tick, when another.
    """
    with override(language):
        said = wording or str(NEWS_TICK)
    consent: Consent
    consent, _is_new = Consent.objects.get_or_create(
        customer=customer,
        purpose=purpose,
        withdrawn_at=None,
        defaults={
            "source": source[:40],
            "language": language,
            "wording": said[:300],
            "given_at": now,
        },
    )
    return consent


def withdraw_consent(customer: Customer, *, now: datetime, purpose: str = NEWS) -> None:
    """Take the customer's yes back; may be called twice."""
    _standing(customer, purpose).update(withdrawn_at=now)


def has_consent(customer: Customer, *, purpose: str = NEWS) -> bool:
    """Whether the customer may be written to."""
    return bool(_standing(customer, purpose).exists())


def consent_of(customer: Customer, *, purpose: str = NEWS) -> Consent | None:
    """Return the yes that stands, or None."""
    found: Consent | None = _standing(customer, purpose).first()
    return found


def consent_at(key: str) -> Consent | None:
    """Return the consent of the store in scope whose mails carry this key, taken back or not."""
    found: Consent | None = (
        Consent.objects.filter(leave_key=key).select_related("customer__user").first()
    )
    return found


def leave(consent: Consent, *, now: datetime) -> None:
    """Take back whatever yes stands of this customer, be the link of an earlier one; idempotent."""
    withdraw_consent(consent.customer, purpose=consent.purpose, now=now)


def can_come_back(consent: Consent, now: datetime) -> bool:
    """Whether this link just took a yes back, so that it may give it again."""
    if has_consent(consent.customer, purpose=consent.purpose):
        return False
    last = Consent.objects.filter(customer=consent.customer, purpose=consent.purpose)
    left_at = last.order_by("-withdrawn_at").values_list("withdrawn_at", flat=True).first()
    return left_at is not None and now - left_at <= UNDO_WITHIN


def come_back(consent: Consent, *, now: datetime) -> bool:
    """Undo a leaving of the last day; return whether it could be."""
    if not can_come_back(consent, now):
        return False
    give_consent(
        consent.customer,
        source="undo",
        language=consent.language,
        purpose=consent.purpose,
        wording=consent.wording,
        now=now,
    )
    return True


def leave_url_of(address: str, language: str) -> str:
    """Return where an address ends the news it agreed to; empty when no yes stands."""
    consent = Consent.objects.filter(
        customer__user__email=address,
        customer__erased_at=None,
        purpose=NEWS,
        withdrawn_at=None,
    ).first()
    return page_url("accounts:news-leave", consent.leave_key, language=language) if consent else ""


def register() -> None:
    """Put into the slots what others ask."""
    slots.news_consent.register("accounts", leave_url_of)
    slots.account_sections.register("news", news_section)
    slots.personal_data.register("consents", ConsentsOfCustomer())
    slots.store_archive.register("consents", consents_of_store)


def news_section(customer: Customer, now: datetime) -> slots.AccountSection:
    """Return whether this customer gets news, and where to change it."""
    consent = consent_of(customer)
    if consent is None:
        detail = _("No. Receipts and what you bought come all the same.")
    else:
        day = date_format(localtime(consent.given_at), "DATE_FORMAT")
        detail = _("Yes, since %(day)s.") % {"day": day}
    row = slots.AccountRow(
        label=_("Mails about new things"),
        detail=detail,
        url=reverse("accounts:news"),
        verb=_("Change this"),
    )
    return slots.AccountSection("news", _("News"), [row], order=60)


class ConsentsOfCustomer:
    """The yeses of a customer. They go with the person: nobody is written to without a row."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return each yes as it was given."""
        rows = Consent.objects.filter(customer=customer).order_by("given_at")
        return {"consents": [_as_values(consent) for consent in rows]}

    def erase(self, customer: Customer) -> None:
        """Forget them."""
        Consent.objects.filter(customer=customer).delete()


def consents_of_store(store: Store) -> dict[str, Any]:
    """Return every yes in the store in scope: whoever moves away must be able to show them."""
    rows = Consent.objects.select_related("customer__user").order_by("given_at")
    return {"consents": [{"email": row.customer.user.email, **_as_values(row)} for row in rows]}


def _standing(customer: Customer, purpose: str) -> Any:
    return Consent.objects.filter(customer=customer, purpose=purpose, withdrawn_at=None)


def _as_values(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "source": consent.source,
        "language": consent.language,
        "wording": consent.wording,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }
