"""What a store remembers of its creator's first days: steps put aside, answers, and the end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stores.models.tenancy import Store, StoreModel


class FirstRun(StoreModel):
    """One row for each store, made when there is something to remember."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="first_run", editable=False
    )
    skipped = models.JSONField(default=list, blank=True)
    """The keys of the steps that were put aside."""
    answers = models.JSONField(default=dict, blank=True)
    """What the creator answered when they asked which kind of product suits them."""
    folded_at = models.DateTimeField(null=True, blank=True)
    """When the checklist was put away from Today."""

    class Meta(StoreModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [*StoreModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.store_id}: {len(self.skipped)}"
