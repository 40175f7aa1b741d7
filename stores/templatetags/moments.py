"""Moments in the words of the desk, for templates."""

from __future__ import annotations

from datetime import datetime

from django import template

from stores.services.moments import in_short

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment as the desk says it; nothing for none."""
    return in_short(value) if value is not None else ""
