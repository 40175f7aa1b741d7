"""Who sells: the business behind a store, as its documents and the foot of its pages name it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import countries
from stores.models.tenancy import Store, StoreModel

WHOLE = 10_000
"""A hundred percent in basis points."""


class Business(StoreModel):
    """The seller in law: name, number, address, and what they are to the tax authority."""

    class Kind(models.TextChoices):
        """What the seller is to the tax authority; it decides which documents a payment makes."""

        EXEMPT = "exempt", _("Israel: exempt dealer")
        LICENSED = "licensed", _("Israel: licensed dealer")
        COMPANY = "company", _("Israel: company")
        REGISTERED = "registered", _("Elsewhere: registered for VAT")
        UNREGISTERED = "unregistered", _("Elsewhere: not registered for VAT")

    ISRAELI: ClassVar[frozenset[str]] = frozenset({"exempt", "licensed", "company"})
    CHARGING_VAT: ClassVar[frozenset[str]] = frozenset({"licensed", "company", "registered"})

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="business", editable=False
    )
    legal_name = models.CharField(_("name of the business"), max_length=120)
    kind = models.CharField(_("kind of business"), max_length=12, choices=Kind.choices)
    tax_id = models.CharField(_("tax number"), max_length=24, blank=True)
    address = models.CharField(_("street and number"), max_length=160)
    city = models.CharField(_("town"), max_length=80)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(pgettext_lazy("of a business", "address for customers"))
    prices_include_vat = models.BooleanField(_("prices include VAT"), default=True)
    vat_basis_points = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(WHOLE)]
    )
    """The seller's own VAT rate, where the law's standing rate is not theirs; 1800 is 18 %."""
    terms = models.TextField(_("terms of sale"), max_length=20_000, blank=True)

    class Meta(StoreModel.Meta):
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *StoreModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(country="IL", kind__in=("exempt", "licensed", "company"))
                | ~models.Q(country="IL") & models.Q(kind__in=("registered", "unregistered")),
                name="stores_business_kind_fits_the_country",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def charges_vat(self) -> bool:
        """Whether this seller's prices carry VAT at all."""
        return self.kind in self.CHARGING_VAT

    def lines(self, language: str | None = None) -> list[str]:
        """Return the address as it is written on paper, the country's name in a language."""
        town = " ".join(filter(None, (self.postcode, self.city)))
        return [self.address, town, countries.name_of(self.country, language)]
