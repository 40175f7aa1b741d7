"""Storefront: what a visitor sees, and the customer's own shelf."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """See the module."""

    name = "storefront"
