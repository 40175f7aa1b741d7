"""Until when: a moment in the store's zone, in words that are true without a script too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, LinkAddressField, TargetField, line
from storefront.services.offers import moment_in_words


class CountdownForm(BlockForm):
    """A moment, what happens then, and what stands here afterwards."""

    heading = line(_("What happens then"), 120, required=True)
    until = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In the store's time zone."),
    )
    after = line(
        _("What stands here afterwards"), 120, help_text=_("Left empty, the block goes then.")
    )
    button = line(_("Words on the button"), 40)
    leads_to = TargetField()
    url = LinkAddressField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        until = self.initial.get("until")
        if isinstance(until, str) and until:
            self.initial["until"] = datetime.fromisoformat(until)


class Countdown(BlockType):
    """A moment that comes; the seconds are counted where scripts run."""

    key, form = "countdown", CountdownForm
    label = _("Countdown")
    line = _("Days and hours until something opens or closes.")

    def needs_script(self, fields: Fields) -> bool:
        """Count the time that is left."""
        return True

    def words(self, fields: Fields) -> Iterator[str]:
        """Return what is read before the moment; what stands here afterwards is not told early."""
        return super().words({**fields, "after": ""})

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the moment in words, and how long it is."""
        until = datetime.fromisoformat(fields["until"]) if fields.get("until") else around.now
        left = until - around.now
        is_over = left.total_seconds() <= 0
        if not is_over:
            around.fresh_for = min(around.fresh_for, left)
        return {
            **super().context(fields, around),
            "until": timezone.localtime(until),
            "moment": moment_in_words(until),
            "is_over": is_over,
            "is_gone": is_over and not fields.get("after"),
        }
