"""Where a store posts to, and what a parcel there costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import countries
from shipping.contract import Destination
from shipping.errors import NotPosted
from shipping.models import PickupPoint, Zone


@dataclass(frozen=True)
class Where:
    """Where a store posts to and lets things be fetched, asked for once."""

    zones: tuple[Zone, ...]
    pickups: tuple[PickupPoint, ...]

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing can reach anybody."""
        return not self.zones and not self.pickups

    def zone_of(self, country: str) -> Zone | None:
        """Return the zone of a country: its own, or everywhere else; None where we do not post."""
        named = (zone for zone in self.zones if country in zone.countries)
        elsewhere = (zone for zone in self.zones if zone.is_elsewhere)
        return next(named, None) or next(elsewhere, None)

    def countries(self) -> list[tuple[str, str]]:
        """Return the countries that are posted to, by name."""
        choices = countries.choices()
        if any(zone.is_elsewhere for zone in self.zones):
            return choices
        named = {code for zone in self.zones for code in zone.countries}
        return [(code, name) for code, name in choices if code in named]

    def home(self, country: str) -> str:
        """Return the country to begin with: the shop's own, or the first that a zone names."""
        named = [code for zone in self.zones for code in zone.countries]
        return country if country in named else next(iter(named), country)

    def pickup_called(self, public_id: str) -> PickupPoint | None:
        """Return a point that is offered."""
        return next((each for each in self.pickups if each.public_id == public_id), None)


def where() -> Where:
    """Return where the store in scope posts to now."""
    return Where(
        zones=tuple(Zone.objects.served()),
        pickups=tuple(PickupPoint.objects.filter(is_active=True)),
    )


def why_nowhere() -> NotPosted:
    """Return the refusal of a store that said nothing of posting yet."""
    return NotPosted(_("The shop has not said yet where it posts to, so this cannot be bought."))


def costs(destination: Destination, copies: Sequence[int], worth: int) -> list[int]:
    """Return what each line pays for its way there, in minor units.

    ``copies`` says how many each line has, ``worth`` what they cost together. NotPosted where the
    shop does not post.
    """
    there = where()
    if there.is_nowhere:
        raise why_nowhere()
    if destination.pickup:
        if there.pickup_called(destination.pickup) is None:
            raise NotPosted(_("It can no longer be fetched there. Choose another way."))
        return [0] * len(copies)
    zone = there.zone_of(destination.country)
    if zone is None:
        raise NotPosted(not_there(destination.country))
    return zone.rate.shares(list(copies), worth)


def not_there(country: str) -> str:
    """Return that a country is not posted to."""
    words = {"country": countries.name_of(country)}
    return _("We do not post to %(country)s.") % words


def days_in_words(zone: Zone) -> str:
    """Return how long it takes there."""
    if zone.days_least == zone.days_most:
        words = ngettext("%(n)s day on the way", "%(n)s days on the way", zone.days_most)
        return words % {"n": zone.days_most}
    span = {"least": zone.days_least, "most": zone.days_most}
    return _("%(least)s–%(most)s days on the way") % span
