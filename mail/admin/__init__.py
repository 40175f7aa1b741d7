"""Mails in the store's admin: their words, who of the team gets which, and what was sent."""

from mail.admin.sent import MessageAdmin
from mail.admin.words import WordingAdmin

__all__ = ["MessageAdmin", "WordingAdmin"]
