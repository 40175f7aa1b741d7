"""What a club has beyond any product."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.models import Product


class Club(Product):
    """A club that comes by its rhythm; each month, week or quarter of it is a part."""

    class Mode(models.TextChoices):
        """Whose clock the club goes by."""

        CALENDAR = "calendar", _("everyone gets March in March")
        TENURE = "tenure", _("each member begins at month 1")

    class Earlier(models.TextChoices):
        """What a new member finds, by the calendar."""

        ALL = "all", _("all earlier months too")
        JOINING = "joining", _("the months from joining on")

    class Keep(models.TextChoices):
        """What stays after leaving."""

        PAID = "paid", _("the months of their membership")
        OPENED = "opened", _("everything that was open to them")
        NOTHING = "nothing", _("nothing")

    product = models.OneToOneField(
        Product,
        parent_link=True,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="club",
    )
    mode = models.CharField(
        _("whose clock it goes by"), max_length=8, choices=Mode.choices, default=Mode.CALENDAR
    )
    first_on = models.DateField(
        _("first day of the first month"),
        null=True,
        blank=True,
        help_text=_("By the calendar, every later one opens so many months after this day."),
    )
    earlier = models.CharField(
        _("what is open to a new member"),
        max_length=8,
        choices=Earlier.choices,
        default=Earlier.ALL,
    )
    keep = models.CharField(
        _("what stays theirs after leaving"),
        max_length=8,
        choices=Keep.choices,
        default=Keep.PAID,
        help_text=_("It is said on the club's page, before anybody pays."),
    )
    group_url = models.URLField(
        _("address of the group"),
        max_length=300,
        blank=True,
        help_text=_("WhatsApp, Facebook or another; shown to members only, and not after."),
    )
    group_name = models.CharField(_("what the group is called"), max_length=60, blank=True)
    welcome = models.TextField(
        _("welcome"),
        max_length=3_000,
        blank=True,
        help_text=_("The first words a new member reads, here and by mail."),
    )

    class Meta:
        verbose_name = pgettext_lazy("of people", "club")
        verbose_name_plural = pgettext_lazy("of people", "clubs")
