"""Accounts: people, their sign-in and their account pages."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People."""

    name = "accounts"
