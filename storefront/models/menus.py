"""The menu, the foot and the line above a store's pages, and addresses that moved."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from stores.models import StoreModel


class Menu(StoreModel):
    """What stands above and below every page in one language, as the creator put it together.

    ``header`` and ``footer`` are lists of ``{"label", "leads_to", "url", "below"}`` in their order.
    """

    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    header = models.JSONField(default=list, blank=True)
    footer = models.JSONField(default=list, blank=True)
    social = models.JSONField(default=list, blank=True)
    announcement = models.CharField(_("a line above every page"), max_length=160, blank=True)
    announcement_url = models.CharField(_("where the line leads"), max_length=300, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("id",)
        verbose_name = _("menu and footer")
        verbose_name_plural = _("menus and footers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "language"], name="storefront_menu_one_per_language"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())


class Redirect(StoreModel):
    """An address that is no page any more, and where it leads."""

    old_path = models.CharField(_("old address"), max_length=300)
    new_path = models.CharField(_("leads to"), max_length=500)
    is_permanent = models.BooleanField(_("for good"), default=True)
    is_automatic = models.BooleanField(default=False, editable=False)
    hits = models.PositiveIntegerField(default=0, editable=False)
    """How often it was followed; by whom is not kept."""
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(StoreModel.Meta):
        ordering = ("old_path",)
        verbose_name = pgettext_lazy("of an address", "redirect")
        verbose_name_plural = pgettext_lazy("of an address", "redirects")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "old_path"],
                name="storefront_redirect_once",
                violation_error_message=_("This address leads somewhere already."),
            ),
        ]

    def __str__(self) -> str:
        return self.old_path
