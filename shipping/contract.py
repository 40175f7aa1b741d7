"""Where something goes: an address or a point to pick it up, and what it costs to get there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

POST = "post"
"""The way that is no point to pick up at."""


@dataclass(frozen=True)
class Destination:
    """Where a parcel goes and for whom; ``pickup`` is a point's public id, or empty for the post.

    At a point only the name and the phone are known.
    """

    name: str = ""
    phone: str = ""
    country: str = ""
    postcode: str = ""
    region: str = ""
    city: str = ""
    street: str = ""
    house: str = ""
    extra: str = ""
    note: str = ""
    """What the courier should know."""
    pickup: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as plain values: kept on the order, and compared to tell two apart."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, str] | None) -> Destination | None:
        """Return what ``as_json`` kept; None where nothing was."""
        if not kept:
            return None
        names = {each.name for each in fields(cls)}
        return cls(**{name: str(value) for name, value in kept.items() if name in names})


ADDRESS_FIELDS = tuple(each.name for each in fields(Destination) if each.name != "pickup")
PLACE_FIELDS = ("country", "postcode", "region", "city", "street", "house", "extra")


@dataclass(frozen=True)
class Rate:
    """What posting costs, in minor units: the first copy, each further one, free from a sum on."""

    first: int
    further: int
    free_from: int | None = None

    def shares(self, copies: list[int], worth: int) -> list[int]:
        """Return what each line pays of one parcel; ``copies`` says how many each line has.

        The first copy of all pays for the parcel, the others what a further copy costs. What is
        worth at least ``free_from`` goes for nothing.
        """
        if self.free_from is not None and worth >= self.free_from:
            return [0] * len(copies)
        shares = [self.further * each for each in copies]
        if shares:
            shares[0] += self.first - self.further
        return shares
