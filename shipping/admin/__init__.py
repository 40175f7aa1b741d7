"""Posting in the store's admin: parcels under Sales, zones and points under Settings."""

from shipping.admin import parcels, zones

__all__ = ["parcels", "zones"]
