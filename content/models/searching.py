"""What is searched in parts, and what is known of their text."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from content.querysets import PartTextQuerySet
from core import clock
from products.models import Part
from stores.models import StoreModel
from stores.scope import StoreManager

PartTextManager = StoreManager.from_queryset(PartTextQuerySet)


class SearchEntry(StoreModel):
    """A page's worth of a part's text, as it is written and as it is searched.

    ``place`` says where it stands, as the part's reader understands it: ``{"page": n}`` in a PDF,
    ``{"href": …}`` in an EPUB, whatever a format's own page takes elsewhere.
    """

    class Source(models.TextChoices):
        """Where the text comes from; each is replaced as a whole."""

        ABOUT = "about", "about"
        FILE = "file", "file"
        TEXT = "text", "text"

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="search_entries")
    source = models.CharField(max_length=8, choices=Source.choices)
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=200, blank=True)
    place = models.JSONField(default=dict, blank=True)
    text = models.TextField()
    words = models.TextField()
    """``core.searching.normalised`` of heading and text, with a space at either end."""

    class Meta(StoreModel.Meta):
        ordering = ("part", "position", "id")
        verbose_name = pgettext_lazy("to be found", "passage")
        verbose_name_plural = pgettext_lazy("to be found", "passages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["part", "source", "position"], name="content_searchentry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id}/{self.source}/{self.position}"


class PartText(StoreModel):
    """What was read of a part's file to be searched, and how long it is: one row for each part."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="texts")
    digest = models.CharField(max_length=64, blank=True)
    """Of the file that its passages are from; empty where there is none."""
    about = models.CharField(max_length=64, blank=True)
    """Of what is said about it that its first passage holds."""
    word_count = models.PositiveIntegerField(default=0)
    seen_version = models.PositiveIntegerField(default=0)
    """The store's version at which it was compared last; what changes a product raises that."""
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = PartTextManager()

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a part", "text")
        verbose_name_plural = pgettext_lazy("of parts", "texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["part"], name="content_parttext_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="content_texts_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_id}: {self.word_count}"
