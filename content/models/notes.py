"""What readers noted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from content.models.assets import Asset
from core import clock
from products.models import Part
from stores.models import StoreModel


class Note(StoreModel):
    """What one customer marked in one part: a bookmark, a highlight, or words of their own.

    ``anchor`` says where, in a way that each kind of file has: a CFI in an EPUB, a page and
    rectangles on it in a PDF. It is theirs alone, and is kept when access ends.
    """

    class Kind(models.TextChoices):
        """What was made."""

        BOOKMARK = "bookmark", pgettext_lazy("in a book", "bookmark")
        HIGHLIGHT = "highlight", pgettext_lazy("in a book", "highlight")
        NOTE = "note", pgettext_lazy("in a book", "note")

    class Colour(models.TextChoices):
        """What a highlight is drawn in."""

        YELLOW = "yellow", pgettext_lazy("of a highlight", "yellow")
        GREEN = "green", pgettext_lazy("of a highlight", "green")
        BLUE = "blue", pgettext_lazy("of a highlight", "blue")
        PINK = "pink", pgettext_lazy("of a highlight", "pink")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="notes")
    name = models.CharField(max_length=32)
    """Made where the note was made, so that sending it twice keeps it once."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    colour = models.CharField(max_length=8, choices=Colour.choices, default=Colour.YELLOW)
    anchor = models.JSONField()
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="notes"
    )
    """The file its anchor is of; empty where it was kept before files knew their notes."""
    sought_in = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The last file in which its words were looked for; another than its own: not found there."""
    fraction = models.FloatField(default=0)
    chapter = models.CharField(max_length=200, blank=True)
    quote = models.TextField(blank=True)
    """The words of the book it stands at: to show, and to find it again in a new edition."""
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("fraction", "id")
        verbose_name = pgettext_lazy("in a part", "note")
        verbose_name_plural = pgettext_lazy("in parts", "notes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer", "part", "name"], name="content_note_once_per_name"
            ),
            models.CheckConstraint(
                condition=models.Q(fraction__gte=0, fraction__lte=1),
                name="content_note_fraction_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id} in {self.part_id}"
