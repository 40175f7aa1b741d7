"""Conversations in the store's admin: answered in place, with saved answers beside."""

from conversations.admin import letters, saved

__all__ = ["letters", "saved"]
