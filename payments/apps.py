"""Payments: checkout, orders, refunds; the only user of Stripe."""

from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """See the module."""

    name = "payments"

    def ready(self) -> None:
        """Register the sweeps, the mails, and what others gather from here."""
        from access.contract import money_back, ordered, purchases, unpaid
        from payments.services import checks, lateness  # noqa: F401 -- registers the system checks
        from payments.services.documents import gathering
        from payments.services.dunning.banner import unpaid_of
        from payments.services.gifts.openings import givers
        from payments.services.promises import urls
        from payments.services.purchases import purchases_of
        from payments.services.slots import register
        from payments.services.subscriptions.showing import why_resting
        from payments.services.waiting import why_locked
        from products.contract import presale_buyers
        from stores.slots import sweeps

        sweeps.add("payments.inbox", timedelta(seconds=20), "payments.tasks.work_inbox")
        sweeps.add("payments.reconcile", timedelta(minutes=5), "payments.tasks.reconcile")
        sweeps.add("payments.teams", timedelta(minutes=1), "payments.tasks.work_on_teams")
        sweeps.add("payments.gifts", timedelta(minutes=1), "payments.tasks.work_on_gifts")
        sweeps.add("payments.waiting", timedelta(minutes=5), "payments.tasks.work_on_waiting")
        sweeps.add("payments.documents", timedelta(minutes=1), "payments.tasks.issue_all_documents")
        sweeps.add("payments.cancelled", timedelta(minutes=1), "payments.tasks.send_cancelled")
        sweeps.add("payments.unpaid", timedelta(minutes=1), "payments.tasks.work_on_unpaid")
        sweeps.add("payments.nightly", timedelta(minutes=5), "payments.tasks.check_the_night")
        sweeps.add("payments.first_sale", timedelta(minutes=1), "payments.tasks.tell_first_sales")
        sweeps.add("payments.plans", timedelta(minutes=1), "payments.tasks.work_on_plans")
        sweeps.add("payments.moving_in", timedelta(minutes=1), "payments.tasks.work_on_move_ins")
        register()
        lateness.register()
        gathering.register()
        money_back.append(urls)
        ordered.append(why_locked)
        ordered.append(why_resting)
        purchases.append(purchases_of)
        unpaid.append(unpaid_of)
        presale_buyers.append(givers)
