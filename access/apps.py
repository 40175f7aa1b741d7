"""Access: who may open what, from when, until when, and why."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The heart."""

    name = "access"
