"""Core: money, clock, text, tokens, images and the queue, without models."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Everything below the stores: pure functions that know no tenant."""

    name = "core"
