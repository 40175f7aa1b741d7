"""The rows of posting: where to and at what price, and what is on its way to whom."""

from shipping.models.parcels import KeptAddress, Parcel
from shipping.models.zones import PickupPoint, Zone

__all__ = ["KeptAddress", "Parcel", "PickupPoint", "Zone"]
