"""The forms of a club and its months."""

from memberships.forms.club import ClubForm
from memberships.forms.pieces import FileForm, MonthForm, PieceForm, TextForm

__all__ = ["ClubForm", "FileForm", "MonthForm", "PieceForm", "TextForm"]
