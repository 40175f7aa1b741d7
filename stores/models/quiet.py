"""When a store is quiet, and which days it works."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from stores.models.tenancy import StoreModel


class QuietTimes(StoreModel):
    """When the store writes to nobody but with codes, receipts and the like; and its days of work.

    Until it is changed there is no row: ``stores.services.quiet`` knows what fits the country.
    """

    class Rest(models.TextChoices):
        """The weekly day of rest."""

        SHABBAT = "shabbat", _("Shabbat")
        SUNDAY = "sunday", _("Sunday")
        NONE = "none", _("no such day")

    class Calendar(models.TextChoices):
        """Whose holidays."""

        ISRAEL = "israel", _("Jewish, as in Israel")
        ABROAD = "abroad", _("Jewish, as outside Israel")
        WESTERN = "western", _("New Year, Easter and Christmas")
        NONE = "none", _("no holidays")

    has_nights = models.BooleanField(_("write nothing at night"), default=True)
    night_from = models.TimeField(_("the night begins"), default=time(22))
    night_to = models.TimeField(_("the night ends"), default=time(8))
    rest = models.CharField(_("day of rest"), max_length=8, choices=Rest.choices)
    calendar = models.CharField(_("holidays"), max_length=8, choices=Calendar.choices)
    eve_from = models.TimeField(
        _("Shabbat and holidays begin on their eve at"), default=time(15, 30)
    )
    rest_to = models.TimeField(_("Shabbat and holidays end at"), default=time(20, 45))
    working_days = models.JSONField(_("days of work"), default=list)
    """Of the week, Monday is 0."""
    other_days = models.JSONField(_("other days off"), default=list, blank=True)
    """Dates as ISO text."""

    class Meta(StoreModel.Meta):
        verbose_name = _("quiet times")
        verbose_name_plural = _("quiet times")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(fields=["store"], name="stores_quiettimes_one_per_store"),
        ]

    def __str__(self) -> str:
        return str(_("Quiet times"))


class AwayDates(StoreModel):
    """Days on which nobody is there: promises count around them, and customers are told."""

    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    label = models.CharField(_("what customers read"), max_length=120, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("away dates")
        verbose_name_plural = _("away dates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="stores_awaydates_end_after_they_begin",
            ),
        ]

    def __str__(self) -> str:
        days = (date_format(self.starts_on), date_format(self.ends_on))
        return " – ".join(dict.fromkeys(days))
