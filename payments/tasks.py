"""The workers of payments: the inbox, and the reconciler that finds what was lost."""

from celery import shared_task

from core import clock
from payments.services import first_sale, inbox, nightly, reconciling, waiting
from payments.services.cancelling import effect as cancel_effect
from payments.services.cancelling.continuing import stopping
from payments.services.documents import elsewhere
from payments.services.documents import working as issuing_due
from payments.services.dunning import sweeping as unpaid
from payments.services.gifts import delivering
from payments.services.moving_in import working as moving_in
from payments.services.subscriptions import following_up
from payments.services.teams import sweeping as teams
from stores.models import Store
from stores.scope import store_scope

RECONCILE_SECONDS = 300
NIGHT_BEGINS_AT = 1
"""In UTC: after the day of every store has ended east of it."""


@shared_task(name="payments.tasks.work_inbox")
def work_inbox() -> None:
    """Work on every due hint."""
    inbox.work(clock.now())


@shared_task(name="payments.tasks.reconcile")
def reconcile() -> None:
    """Read Stripe's own list of events, and wake a worker for every store where something waits."""
    now = clock.now()
    reconciling.read_events(now)
    for store_id in reconciling.stores_with_due(now):
        reconcile_store.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)
    inbox.work(now)
    inbox.forget_old(now)


@shared_task(name="payments.tasks.reconcile_store")
def reconcile_store(store_id: int) -> None:
    """Find what waits for an answer in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        reconciling.reconcile_store(clock.now())


@shared_task(name="payments.tasks.work_on_waiting")
def work_on_waiting() -> None:
    """Wake a worker for every store in which an order waits too long."""
    for store_id in waiting.stores_with_waiting(clock.now()):
        work_on_waiting_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_waiting_of")
def work_on_waiting_of(store_id: int) -> None:
    """Remind and let go in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        waiting.work_on_waiting(clock.now())


@shared_task(name="payments.tasks.issue_all_documents")
def issue_all_documents() -> None:
    """Wake a worker for every store that owes a document, or a call about one."""
    for store_id in issuing_due.stores_with_due(clock.now()):
        issue_documents.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.issue_documents")
def issue_documents(store_id: int) -> None:
    """Issue what one store owes, and tell its other system."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        issuing_due.issue_due(clock.now())
        elsewhere.send_due(clock.now())


@shared_task(name="payments.tasks.send_cancelled")
def send_cancelled() -> None:
    """Wake a worker for every store in which money of a cancelled purchase should leave.

    Or in which a notice stopped what still goes on.
    """
    now = clock.now()
    stores = {*cancel_effect.stores_with_money_due(now), *stopping.stores_with_due(now)}
    for store_id in sorted(stores):
        send_cancelled_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.send_cancelled_of")
def send_cancelled_of(store_id: int) -> None:
    """Send back the money of what was cancelled in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        cancel_effect.send_money(clock.now())
        stopping.work_due(clock.now())


@shared_task(name="payments.tasks.check_the_night")
def check_the_night() -> None:
    """Begin the night's check once it is night, and go on with it page by page."""
    now = clock.now()
    if now.hour >= NIGHT_BEGINS_AT:
        nightly.begin_night(now.date(), now)
    nightly.work_due(now)


@shared_task(name="payments.tasks.tell_first_sales")
def tell_first_sales() -> None:
    """Let the mail of a first sale leave as soon as what was sold is opened."""
    now = clock.now()
    for store in Store.objects.filter(pk__in=first_sale.stores_waiting(now)):
        first_sale.tell_openings(store, now)


@shared_task(name="payments.tasks.work_on_gifts")
def work_on_gifts() -> None:
    """Wake a worker for every store in which a gift's day has come."""
    for store_id in delivering.stores_with_gifts(clock.now()):
        work_on_gifts_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_gifts_of")
def work_on_gifts_of(store_id: int) -> None:
    """Send and remind in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        delivering.work_on_gifts(clock.now())


@shared_task(name="payments.tasks.work_on_teams")
def work_on_teams() -> None:
    """Wake a worker for every store in which an invitation is to be sent."""
    for store_id in teams.stores_with_invitations(clock.now()):
        work_on_teams_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_teams_of")
def work_on_teams_of(store_id: int) -> None:
    """Send, remind and tell in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        teams.work_on_teams(clock.now())


@shared_task(name="payments.tasks.work_on_unpaid")
def work_on_unpaid() -> None:
    """Wake a worker for every store with a charge that failed, or a card that expires."""
    for store_id in unpaid.stores_with_due(clock.now()):
        work_on_unpaid_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_unpaid_of")
def work_on_unpaid_of(store_id: int) -> None:
    """Tell, hold and end in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        unpaid.work_on(clock.now())


@shared_task(name="payments.tasks.work_on_plans")
def work_on_plans() -> None:
    """Wake a worker for every store with free days that end, another price, or something owed."""
    for store_id in following_up.stores_with_plans(clock.now()):
        work_on_plans_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_plans_of")
def work_on_plans_of(store_id: int) -> None:
    """Remind, tell, change and make good in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        following_up.work_on_plans(clock.now())


@shared_task(name="payments.tasks.work_on_move_ins")
def work_on_move_ins() -> None:
    """Wake a worker for every store that moves people in, or owes them a letter."""
    for store_id in moving_in.stores_with_due(clock.now()):
        work_on_move_ins_of.apply_async((store_id,), expires=RECONCILE_SECONDS, retry=False)


@shared_task(name="payments.tasks.work_on_move_ins_of")
def work_on_move_ins_of(store_id: int) -> None:
    """Try out, move in, take back and write in one store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    with store_scope(store):
        moving_in.work_on(clock.now())
