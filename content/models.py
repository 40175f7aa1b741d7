"""Private files and what we know of them, where a reader stopped, and what they noted."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Access
from accounts.models import Customer
from content.querysets import StampedCopyQuerySet
from core import clock, tokens
from products.models import Part
from stores.models import Staff, StoreModel
from stores.scope import StoreManager

StampedCopyManager = StoreManager.from_queryset(StampedCopyQuerySet)


class Asset(StoreModel):
    """One private file of a part; ``name`` is its path in the private storage."""

    class Kind(models.TextChoices):
        """What the file really is, found by parsing it."""

        EPUB = "epub", "EPUB"
        PDF = "pdf", "PDF"

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="assets")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=300, unique=True)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("of a part", "file")
        verbose_name_plural = pgettext_lazy("of a part", "files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.original_name

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""
        return self.created_at


class Progress(StoreModel):
    """Where one customer is in one part; kept when access ends."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="progress")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="progress")
    place = models.JSONField(default=dict, blank=True)
    fraction = models.FloatField(default=0)
    updated_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("in a part", "progress")
        verbose_name_plural = pgettext_lazy("in parts", "progress")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["customer", "part"], name="content_progress_once"),
            models.CheckConstraint(
                condition=models.Q(fraction__gte=0, fraction__lte=1),
                name="content_progress_fraction_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.part_id}: {self.fraction:.0%}"


class Upload(StoreModel):
    """One file on its way in parts, then judged, then waiting for the form that keeps it."""

    class State(models.TextChoices):
        """How far it is."""

        COMING = "coming", "coming"
        ARRIVED = "arrived", "arrived"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"
        USED = "used", "used"

    class Purpose(models.TextChoices):
        """What may be in it."""

        EPUB = "epub", "EPUB"
        PDF = "pdf", "PDF"
        BOOK = "book", "EPUB, PDF"
        PICTURE = "picture", "picture"

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    place = models.CharField(max_length=200, blank=True)
    """The field of the form it was chosen in, so that the same page finds it again."""
    original_name = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.COMING)
    multipart = models.CharField(max_length=1024, blank=True)
    """The id S3 gave to the parts' sum; empty on disk."""
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=300, blank=True)
    """Where the judged copy is in the private storage."""
    media_type = models.CharField(max_length=80, blank=True)
    clean_size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    refusal = models.JSONField(default=dict, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = pgettext_lazy("on its way", "file")
        verbose_name_plural = pgettext_lazy("on its way", "files")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "changed_at"], name="content_upload_by_state")
        ]

    def __str__(self) -> str:
        return self.original_name


class UploadPart(StoreModel):
    """One part of an upload: what it must be, and since when it is here."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("number",)
        verbose_name = pgettext_lazy("of a file", "part")
        verbose_name_plural = pgettext_lazy("of a file", "parts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["upload", "number"], name="content_uploadpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


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


class StampedCopy(StoreModel):
    """One file made out to one holder; its public id is the mark inside the file.

    The row stays when the file is dropped, so that a copy that turns up somewhere is still known.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="copies")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="copies")
    version = models.CharField(max_length=24, blank=True)
    """What its line says, as a hash; empty until it is made."""
    name = models.CharField(max_length=300, blank=True)
    """Its path in the private storage; empty while there is no file."""
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is to be made; empty where nothing is to be done."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    """When it was given up: until somebody asks again, the file is given as it is."""
    dropped_at = models.DateTimeField(null=True, blank=True)
    """When its file stopped being served, and was to be removed."""
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = StampedCopyManager()

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = _("stamped copy")
        verbose_name_plural = _("stamped copies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["access", "asset", "version"], name="content_stampedcopy_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="content_copies_due",
            ),
            models.Index(
                fields=["made_at", "id"],
                condition=~Q(name=""),
                name="content_copies_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_ready(self) -> bool:
        """Whether its file can be given."""
        return self.made_at is not None and self.dropped_at is None

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""
        return self.made_at or self.created_at

    @property
    def media_type(self) -> str:
        """What kind of file it is: as the file it was made from."""
        return self.asset.media_type

    @property
    def original_name(self) -> str:
        """What it is called when it is downloaded."""
        return self.asset.original_name
