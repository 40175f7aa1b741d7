"""Access in the store's admin: who has what and why, and what apps below show of it."""

from access.admin.people import AccessAdmin
from access.admin.words import HAVE, access_section, timeline
from stores import slots

slots.customer_sections.register("access", access_section)
slots.customer_filters.register("has", HAVE)
slots.customer_timeline.register("access", timeline)

__all__ = ["AccessAdmin"]
