"""Conversations: what people ask the shop, from wherever they stood, and what it answers."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Questions, contact, requests and what did not arrive."""

    name = "conversations"

    def ready(self) -> None:
        """Put everything into the slots of the apps below."""
        from conversations.services.slots import register

        register()
