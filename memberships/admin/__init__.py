"""A club in the store's admin: its form, its months, its numbers."""

from memberships.admin.club import ClubAdmin

__all__ = ["ClubAdmin"]
