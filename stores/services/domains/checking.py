"""Looking a domain up and keeping what was found: verified, failing, lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from stores import slots
from stores.models import Domain, Store
from stores.scope import all_stores, current_store, store_scope
from stores.services.domains.looking import Ask, Seen, Unsure, ask_dns, look
from stores.services.domains.names import proves_itself
from stores.services.domains.timing import is_lost, lost_on, next_look
from stores.services.opening import touch

CLAIM = timedelta(minutes=5)
MOST = 200


def check_due(now: datetime, ask: Ask = ask_dns) -> int:
    """Look up what is due in all stores, and let go of former addresses whose year is over.

    Each is claimed first, so two workers never look the same one up. Returns how many were.
    """
    with all_stores():
        due = list(Domain.objects.filter(check_at__lte=now).values_list("pk", "store_id")[:MOST])
        Domain.objects.filter(is_ours=True, is_primary=False, kept_until__lte=now).delete()
    return sum(_claim_and_check(pk, store_id, now, ask) for pk, store_id in due)


def _claim_and_check(pk: int, store_id: int, now: datetime, ask: Ask) -> bool:
    store = Store.objects.get(pk=store_id)
    with store_scope(store):
        waiting = Domain.objects.filter(pk=pk, check_at__lte=now)
        if not waiting.update(check_at=now + CLAIM):
            return False
        domain = Domain.objects.filter(pk=pk).first()
        if domain is not None:
            check(domain, now=now, ask=ask)
        return domain is not None


def check(domain: Domain, *, now: datetime, ask: Ask = ask_dns) -> Domain:
    """Look a domain of the store in scope up, keep what was found, and return it as it is now.

    A DNS that does not answer changes nothing but the time of the next look.
    """
    if domain.is_ours:
        return domain
    try:
        seen = (
            Seen(has_proof=True, leads_here=True)
            if proves_itself(domain.host)
            else look(domain.host, token=domain.token, target=own_host(), ask=ask)
        )
    except Unsure:
        _plan(domain, now)
        return domain
    with transaction.atomic():
        kept: Domain = Domain.objects.select_for_update(no_key=True).get(pk=domain.pk)
        kept.checked_at, kept.problem = now, seen.problem
        if not seen.problem:
            _is_good(kept, now)
        elif kept.verified_at is not None:
            _is_failing(kept, now)
        _plan(kept, now)
    return kept


def own_host() -> str:
    """Return the present address of the store in scope below the platform's name."""
    found = Domain.objects.filter(is_ours=True, kept_until=None).values_list("host", flat=True)
    return str(found.get())


def _is_good(domain: Domain, now: datetime) -> None:
    domain.failing_since = None
    if domain.verified_at is not None:
        return
    try:
        with transaction.atomic():
            domain.verified_at, domain.lost_at = now, None
            domain.save()
    except IntegrityError:  # another store's proof was found first
        domain.verified_at, domain.problem = None, "taken"


def _is_failing(domain: Domain, now: datetime) -> None:
    if domain.failing_since is None:
        domain.failing_since = now
        _tell("domain_failing", domain, lost_on(now))
    elif is_lost(domain.failing_since, now):
        lose(domain, now=now)


def lose(domain: Domain, *, now: datetime) -> None:
    """Serve no more under a domain; its store falls back to its address on the platform."""
    was_primary = domain.is_primary
    domain.verified_at, domain.lost_at, domain.failing_since = None, now, None
    domain.is_primary, domain.added_at = False, now
    domain.save()
    if was_primary:
        Domain.objects.filter(is_ours=True, kept_until=None).update(is_primary=True)
    touch(current_store())
    _tell("domain_lost", domain, now)


def _plan(domain: Domain, now: datetime) -> None:
    domain.check_at = next_look(
        verified=domain.verified_at is not None,
        failing_since=domain.failing_since,
        waiting_since=domain.added_at,
        now=now,
    )
    domain.save()


def _tell(kind: str, domain: Domain, day: datetime) -> None:
    store = current_store()
    with override(store.language):
        context = {
            "host": domain.shown,
            "day": date_format(day.astimezone(store.zone), "DATE_FORMAT"),
            "own": own_host(),
            "path": reverse("admin:stores_domain_changelist", "config.urls"),
        }
    key = f"{kind}:{domain.pk}:{day.isoformat()}"
    for tell in slots.tell_creators.all():
        tell(kind, key, context)
