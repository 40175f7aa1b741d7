"""Stores: tenants, hosts, staff, the scope and the slots."""

from django.apps import AppConfig


class StoresConfig(AppConfig):
    """The tenants."""

    name = "stores"
