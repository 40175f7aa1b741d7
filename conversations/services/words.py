"""A conversation in words: what it is about, and where its writer stood."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conversations.models import Conversation


def about(conversation: Conversation) -> str:
    """Return what a conversation is about, as its heading."""
    kind = str(capfirst(conversation.get_kind_display()))
    thing = thing_of(conversation)
    return _("%(kind)s: %(thing)s") % {"kind": kind, "thing": thing} if thing else kind


def thing_of(conversation: Conversation) -> str:
    """Return the part, product or order it is about; empty when it is about none."""
    if conversation.part is not None and conversation.part.title != conversation.part.product.title:
        return f"{conversation.part.product.title} · {conversation.part.title}"
    if conversation.product is not None:
        return str(conversation.product.title)
    if conversation.order_number is not None:
        return _("order %(number)s") % {"number": conversation.order_number}
    return ""


def standing_of(conversation: Conversation) -> list[str]:
    """Return where its writer stood, each thing that is known."""
    stood = [thing_of(conversation)]
    if conversation.order_number is not None and conversation.product is not None:
        stood.append(_("order %(number)s") % {"number": conversation.order_number})
    return [each for each in [*stood, conversation.stood] if each]
