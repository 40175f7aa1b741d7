"""Pages that the creator builds of blocks, their versions, and the pictures in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock, tokens
from products.models import Product
from storefront.querysets import PageQuerySet
from stores.models import Staff, StoreModel
from stores.scope import StoreManager

PageManager = StoreManager.from_queryset(PageQuerySet)


class Page(StoreModel):
    """One page of the shop window; what it shows is in its versions."""

    class Kind(models.TextChoices):
        """What a page is for; it decides its address and its frame."""

        HOME = "home", pgettext_lazy("kind of page", "the front page")
        ABOUT = "about", pgettext_lazy("kind of page", "about")
        FREE = "free", pgettext_lazy("kind of page", "free page")
        LANDING = "landing", pgettext_lazy("kind of page", "landing page, without a menu")
        PRODUCT = "product", pgettext_lazy("kind of page", "more on a product's page")
        POLICY = "policy", pgettext_lazy("kind of page", "policy")

    class Topic(models.TextChoices):
        """What a policy is about."""

        TERMS = "terms", pgettext_lazy("policy", "Terms of sale")
        PRIVACY = "privacy", pgettext_lazy("policy", "Privacy")
        COOKIES = "cookies", pgettext_lazy("policy", "Cookies")
        ACCESSIBILITY = "accessibility", pgettext_lazy("policy", "Accessibility")
        SHIPPING = "shipping", pgettext_lazy("policy", "Shipping and returns")
        CONTACT = "contact", pgettext_lazy("policy", "Contact")

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FREE)
    topic = models.CharField(max_length=16, choices=Topic.choices, blank=True, default="")
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, allow_unicode=True, blank=True)
    description = models.CharField(_("description for search engines"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    translation_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="translations"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="window_pages"
    )
    shown = models.ForeignKey(
        "PageVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The version visitors see; none while it is not published."""
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = PageManager()

    class Meta(StoreModel.Meta):
        ordering = ("kind", "title", "id")
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["store", "slug"],
                condition=~models.Q(slug="") & models.Q(deleted_at=None),
                name="storefront_page_slug_is_unique",
                violation_error_message=_("Another page already has this address."),
            ),
            models.UniqueConstraint(
                fields=["store", "language"],
                condition=models.Q(kind="home", deleted_at=None),
                name="storefront_page_one_home",
            ),
            models.UniqueConstraint(
                fields=["store", "topic", "language"],
                condition=models.Q(kind="policy", deleted_at=None),
                name="storefront_page_one_policy",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(kind="product", deleted_at=None),
                name="storefront_page_one_of_product",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_address(self) -> bool:
        """Whether it stands at an address of its own, below ``/pages/``."""
        return self.kind not in {self.Kind.HOME, self.Kind.PRODUCT}

    @property
    def has_frame(self) -> bool:
        """Whether menu and footer stand around it."""
        return self.kind != self.Kind.LANDING


class PageVersion(StoreModel):
    """What a page showed from one moment on, or the draft of what it will show.

    ``blocks`` is a list of ``{"id", "key", "hidden", "fields"}``, each checked by its block's form.
    The one version that was never published is the draft.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="versions")
    blocks = models.JSONField(default=list)
    removed = models.JSONField(default=list)
    """What was deleted from the draft, with its place: the last one comes back first."""
    saved_by = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is to be published by itself."""
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta(StoreModel.Meta):
        ordering = ("-id",)
        verbose_name = pgettext_lazy("of a page", "version")
        verbose_name_plural = pgettext_lazy("of a page", "versions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["page"],
                condition=models.Q(published_at=None),
                name="storefront_pageversion_one_draft",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(due_at__isnull=False, published_at=None),
                name="storefront_pageversion_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.made_at:%Y-%m-%d %H:%M}"


class Picture(StoreModel):
    """A picture on a page, in widths of WebP and AVIF in the public storage."""

    public_id = models.CharField(
        max_length=20, unique=True, default=tokens.public_id, editable=False
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    colour = models.CharField(max_length=7)
    files = models.JSONField(default=list)
    made_at = models.DateTimeField(default=clock.now)

    class Meta(StoreModel.Meta):
        verbose_name = pgettext_lazy("on a page", "picture")
        verbose_name_plural = pgettext_lazy("on a page", "pictures")
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return self.public_id
