"""Payments: checkout, orders, refunds; the only user of Stripe."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """See the module."""

    name = "payments"
