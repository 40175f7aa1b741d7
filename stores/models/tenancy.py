"""Stores: the tenants, their look, hosts and staff, and the base of everything they own."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, money, tokens
from stores.errors import StoresDiffer
from stores.querysets import StoreQuerySet
from stores.roles import Area, Right, Role, right_of
from stores.scope import StoreManager, current_store_id

HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour looks like #A8412C."))


class Store(models.Model):
    """One creator's business: its own host, language, look, catalogue, customers and money."""

    class Gender(models.TextChoices):
        """How Hebrew speaks to the store's customers, where a string is marked."""

        NEUTRAL = "neutral", _("neutral")
        FEMININE = "feminine", _("feminine")
        MASCULINE = "masculine", _("masculine")
        PLURAL = "plural", _("plural")

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("one line about the store"), max_length=160, blank=True)
    about = models.TextField(_("about the maker"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    languages = models.JSONField(default=list, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, choices=[(code, code) for code in money.CURRENCIES]
    )
    country = models.CharField(max_length=2, default="IL")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jerusalem")
    gender = models.CharField(max_length=10, choices=Gender.choices, default=Gender.NEUTRAL)
    needs_second_step = models.BooleanField(
        _("The team signs in with a second step"), default=False
    )
    """Whether its staff must have an authenticator app or a passkey before the admin opens."""
    navigation = models.JSONField(default=dict, blank=True, editable=False)
    """What stands around every page, by language, ready to be shown: written by the shop window
    whenever a menu or a page changes, so that no page asks for it."""
    second_step_roles = models.JSONField(default=list, blank=True)
    """Of which roles the second step is asked; empty for all."""
    second_step_from = models.DateField(_("from which day"), null=True, blank=True)
    """Until then who has none is only reminded."""
    closing_since = models.DateTimeField(null=True, blank=True, editable=False)
    """When its owner began to close it; ``stores.services.closing.phases`` says what that means."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("a creator's shop", "store")
        verbose_name_plural = pgettext_lazy("creators' shops", "stores")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this store's days begin."""
        return ZoneInfo(self.time_zone)

    @property
    def other_languages(self) -> list[str]:
        """Languages served under a prefix, beside the store's own."""
        return [language for language in self.languages if language != self.language]


class StoreModel(models.Model):
    """Base of every row a store owns: scoped, and never moved to another store."""

    store = models.ForeignKey(
        Store,
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
    )

    objects: ClassVar[Any] = StoreManager()
    loaded_store_id: int | None = None
    """The store it was loaded with, which it never leaves."""

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["store", "id"], name="%(app_label)s_%(class)s_store_and_id"
            )
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make a row of the store in scope, unless told whose it is."""
        if not args and not kwargs.keys() & {"store", "store_id"}:
            kwargs["store_id"] = current_store_id()
        super().__init__(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember which store the row was loaded from."""
        row = super().from_db(*args, **kwargs)
        row.loaded_store_id = row.__dict__.get("store_id")
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; moving it to another store is a programming error."""
        if self.loaded_store_id is not None and self.store_id != self.loaded_store_id:
            raise StoresDiffer(f"{self._meta.label} {self.pk} belongs to another store")
        super().save(*args, **kwargs)


class Look(models.Model):
    """How a store looks: a few choices from which its theme stylesheet is computed."""

    class TypePair(models.TextChoices):
        """A display face and a text face that hold both scripts."""

        BOOK = "book", _("Book: Frank Ruhl Libre and Assistant")
        CLEAR = "clear", _("Clear: Heebo")
        SOFT = "soft", _("Soft: Rubik and Assistant")
        POSTER = "poster", _("Poster: Suez One and Assistant")
        FINE = "fine", _("Fine: Bellefair and Assistant")

    class MarkLine(models.TextChoices):
        """The line between sections."""

        SEAM = "seam", _("seam")
        RULE = "rule", _("rule")
        DOTS = "dots", _("dots")
        NONE = "none", _("none")

    class Corner(models.IntegerChoices):
        """Roundness of corners in pixels."""

        SQUARE = 0, _("square")
        SLIGHT = 2, _("slight")
        ROUND = 12, _("round")

    class Scheme(models.TextChoices):
        """Whether pages are light or dark."""

        AUTO = "light dark", _("as each visitor's device asks")
        LIGHT = "light", _("always light")
        DARK = "dark", _("always dark")

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="look")
    colour = models.CharField(_("colour"), max_length=7, default="#A8412C", validators=[HEX_COLOUR])
    type_pair = models.CharField(
        _("type"), max_length=10, choices=TypePair.choices, default=TypePair.BOOK
    )
    corner = models.PositiveSmallIntegerField(
        _("corners"), choices=Corner.choices, default=Corner.SLIGHT
    )
    mark_line = models.CharField(
        _("line between sections"), max_length=8, choices=MarkLine.choices, default=MarkLine.RULE
    )
    scheme = models.CharField(
        _("light or dark"), max_length=12, choices=Scheme.choices, default=Scheme.AUTO
    )
    logo = models.CharField(max_length=200, blank=True, editable=False)
    """The address of the logo's picture; its size and alternative text are in ``pictures``."""
    hero = models.CharField(max_length=200, blank=True, editable=False)
    """The name, in the public storage, of the store's own picture."""
    pictures = models.JSONField(default=dict, blank=True, editable=False)
    """Of ``logo``, ``hero`` and ``maker``: files, size and ``alt``, the hero's ``focal``."""
    before = models.JSONField(default=dict, blank=True, editable=False)
    """The choices that held before the last ones."""

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")

    def __str__(self) -> str:
        return f"{self.store_id}: {self.colour}"


class Staff(StoreModel):
    """Somebody who runs this store, and in which role."""

    store = models.ForeignKey(
        Store,
        on_delete=models.CASCADE,
        related_name="staff",
        editable=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_of"
    )
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(
        _("role"), max_length=10, choices=[(role.value, role.value) for role in Role]
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(StoreModel.Meta):
        verbose_name = _("team member")
        verbose_name_plural = _("team")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store", "user"], name="stores_staff_one_per_user"),
        ]

    def __str__(self) -> str:
        return self.name

    def may_view(self, area: Area) -> bool:
        """Whether this person may see ``area``."""
        return right_of(self.role, area) >= Right.VIEW

    def may_change(self, area: Area) -> bool:
        """Whether this person may change what is in ``area``."""
        return right_of(self.role, area) >= Right.CHANGE


class LogEntry(StoreModel):
    """Who of the staff did what, in the store's admin: the scoped replacement of Django's log."""

    staff = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)
    what = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    changes = models.JSONField(default=list, blank=True)

    class Meta(StoreModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "-at"], name="stores_log_by_time")
        ]
        verbose_name = _("log entry")
        verbose_name_plural = _("log")

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"


class CalendarFeed(StoreModel):
    """The address under which one of the team reads the store's calendar in an app of theirs.

    The secret in it is derived from the row, so that it is kept nowhere; a new row is a new secret.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="calendar_feeds")
    created_at = models.DateTimeField(default=clock.now)
    fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["staff"], name="stores_calendarfeed_one_each"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}"

    @property
    def token(self) -> str:
        """Return the secret of its address."""
        return tokens.keyed_hash("calendar-feed", self.public_id)[:32]
