"""A club, its months, what stands in them, and who is a member."""

from memberships.models.clubs import Club
from memberships.models.drops import Drop, Words
from memberships.models.members import Member

__all__ = ["Club", "Drop", "Member", "Words"]
