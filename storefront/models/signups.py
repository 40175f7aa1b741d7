"""Mailing lists, and who asked to be on one through a form on a page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer
from core import clock, tokens
from products.models import Product
from storefront.models.pages import Page
from storefront.querysets import SignUpQuerySet
from stores.models import StoreModel
from stores.scope import StoreManager

SignUpManager = StoreManager.from_queryset(SignUpQuerySet)


class MailingList(StoreModel):
    """People who agreed to be written to, by what they agreed to hear of."""

    title = models.CharField(_("name of the list"), max_length=80)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(StoreModel.Meta):
        ordering = ("title", "id")
        verbose_name = _("mailing list")
        verbose_name_plural = _("mailing lists")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "title"],
                name="storefront_mailinglist_once",
                violation_error_message=_("Another list already has this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SignUp(StoreModel):
    """One address in one form: asked, confirmed from its own mailbox, perhaps left again.

    Until it is confirmed there is no customer, no gift, and no mail but the one that asks.
    """

    public_id = models.CharField(max_length=20, unique=True, default=tokens.public_id)
    page = models.ForeignKey(Page, null=True, on_delete=models.SET_NULL, related_name="sign_ups")
    block = models.CharField(max_length=20)
    list = models.ForeignKey(
        MailingList, null=True, blank=True, on_delete=models.PROTECT, related_name="sign_ups"
    )
    gift = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="sign_ups"
    )
    gift_url = models.CharField(max_length=300, blank=True)
    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(max_length=8)
    source = models.CharField(max_length=40)
    """The page it was typed on, as the consent will name it."""
    wants_news = models.BooleanField(default=False)
    wording = models.CharField(max_length=300, blank=True)
    """The sentence beside the tick, as it was read."""
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    asks = models.PositiveSmallIntegerField(default=0)
    """How many mails asked for confirmation since the last answer."""
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="sign_ups"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects: ClassVar = SignUpManager()

    class Meta(StoreModel.Meta):
        ordering = ("-asked_at", "-id")
        verbose_name = pgettext_lazy("somebody on a mailing list", "sign-up")
        verbose_name_plural = pgettext_lazy("people on mailing lists", "sign-ups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["page", "block", "email"], name="storefront_signup_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_at"], name="storefront_signup_asked")
        ]

    def __str__(self) -> str:
        return self.email
