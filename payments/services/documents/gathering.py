"""What other pages gather about documents: duties, archives, and what is kept of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Customer
from core import money
from payments.models import Document, DocumentDue, HookDelivery
from payments.services.documents import elsewhere
from stores import slots
from stores.models import Store
from stores.services.business import business_of, is_known
from stores.slots import Duty

STUCK_AFTER = timedelta(hours=1)
UNHEARD_AFTER = timedelta(days=1)


def register() -> None:
    """Put everything into the slots."""
    slots.duties.register("documents", duties)
    slots.personal_data.register("documents", DocumentsOfCustomer())
    slots.store_archive.register("documents", whole_store)


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return what keeps documents from being issued or from reaching the other system."""
    return [*(_nameless(store) or _stuck(now)), *_unheard(now)]


def _nameless(store: Store) -> list[Duty]:
    if elsewhere.is_elsewhere() or is_known(business_of(store)):
        return []
    waiting = DocumentDue.objects.waiting().count()
    if not waiting:
        return []
    sentence = ngettext(
        "%(n)s document waits for your business details.",
        "%(n)s documents wait for your business details.",
        waiting,
    ) % {"n": waiting}
    first = DocumentDue.objects.waiting().order_by("id").first()
    url = reverse("admin:stores_business_changelist")
    due_at = first.created_at + timedelta(days=1) if first else None
    return [Duty("documents-nameless", sentence, due_at, url, _("Fill them in"), "settings")]


def _stuck(now: datetime) -> list[Duty]:
    late = DocumentDue.objects.waiting().filter(created_at__lte=now - STUCK_AFTER)
    count = late.count()
    if not count:
        return []
    sentence = ngettext(
        "%(n)s document could not be issued; it is tried again by itself.",
        "%(n)s documents could not be issued; they are tried again by themselves.",
        count,
    ) % {"n": count}
    url = reverse("admin:payments_document_changelist")
    return [Duty("documents-stuck", sentence, None, url, _("Look at it"), "sales", is_trouble=True)]


def _unheard(now: datetime) -> list[Duty]:
    """Name the calls that were given up, and those that wait for an address that is gone."""
    late = Q(state=HookDelivery.State.WAITING, created_at__lte=now - UNHEARD_AFTER)
    count = HookDelivery.objects.filter(Q(state=HookDelivery.State.FAILED) | late).count()
    if not count:
        return []
    sentence = ngettext(
        "Your other system did not hear of %(n)s payment or refund.",
        "Your other system did not hear of %(n)s payments or refunds.",
        count,
    ) % {"n": count}
    url = reverse("admin:payments_hookdelivery_changelist")
    return [Duty("hooks-failed", sentence, None, url, _("Look at it"), "sales", is_trouble=True)]


class DocumentsOfCustomer:
    """A customer's documents. The law has them kept as they are, so nothing is erased."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every document as plain values."""
        found = Document.objects.filter(order__customer=customer).order_by("pk")
        return {"documents": [plain(document) for document in found]}

    def erase(self, customer: Customer) -> None:
        """Keep them: bookkeeping law wants documents unchanged for years, and says for how long."""


def whole_store(store: Store) -> dict[str, Any]:
    """Return every document of the store in scope as plain values."""
    return {"documents": [plain(document) for document in Document.objects.order_by("pk")]}


def plain(document: Document) -> dict[str, Any]:
    """Return one document, amounts in the currency's unit."""
    return {
        "kind": document.kind,
        "number": document.number,
        "date": document.issued_on.isoformat(),
        "currency": document.currency,
        **{
            name: str(money.to_major(getattr(document, name), document.currency))
            for name in ("net", "vat", "total")
        },
        "vat_basis_points": document.vat_basis_points,
        "about": document.snapshot["about"],
        "says": document.snapshot,
    }
