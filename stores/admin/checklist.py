"""The checklist of a new store: its steps as one person sees them, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stores import slots
from stores.roles import Area
from stores.slots import FirstStep

if TYPE_CHECKING:
    from stores.models import Staff, Store


@dataclass(frozen=True)
class StepLine:
    """One step as the checklist shows it."""

    number: int
    step: FirstStep
    is_skipped: bool
    is_next: bool
    form: Any = None
    """The form that stands open, of the next step alone."""


@dataclass(frozen=True)
class Checklist:
    """All steps, and how far they are."""

    lines: Sequence[StepLine] = field(default_factory=tuple)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(line.step.is_done for line in self.lines)

    @property
    def minutes_left(self) -> int:
        """How many minutes the others take, without those put aside."""
        return sum(line.step.minutes for line in self.lines if is_ahead(line))

    @property
    def is_over(self) -> bool:
        """Whether nothing is ahead: each step is done or was put aside."""
        return not any(is_ahead(line) for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether every step is done."""
        return all(line.step.is_done for line in self.lines)


def is_ahead(line: StepLine) -> bool:
    """Whether a step is still to be done."""
    return not line.step.is_done and not line.is_skipped


def steps_for(store: Store, staff: Staff) -> list[FirstStep]:
    """Return the steps of a store that this person may do, in their order."""
    steps = [step for entry in slots.first_steps.all() for step in entry(store)]
    mine = (step for step in steps if staff.may_change(Area(step.area)))
    return sorted(mine, key=lambda step: step.order)


def checklist(steps: Sequence[FirstStep], skipped: Sequence[str]) -> Checklist:
    """Return the checklist; of what is ahead the first step stands open with its form."""
    ahead = (step.key for step in steps if not step.is_done and step.key not in skipped)
    opened = next(ahead, "")
    return Checklist(
        [
            StepLine(
                number,
                step,
                is_skipped=step.key in skipped and not step.is_done,
                is_next=step.key == opened,
                form=step.form(None, None) if step.form and step.key == opened else None,
            )
            for number, step in enumerate(steps, start=1)
        ]
    )
