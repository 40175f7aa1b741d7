"""Core: money, clock, text, tokens, images and the queue, without models."""

from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy


class CoreConfig(AppConfig):
    """Everything below the stores: pure functions that know no tenant."""

    name = "core"

    def ready(self) -> None:
        """Say in our words what a form says of a field that has no sentence of its own."""
        Field.default_error_messages["required"] = gettext_lazy("Something is missing here.")
