"""Say what is stuck or differs in the money; for monitoring, which reads the exit status."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from payments.services import nightly
from payments.services.alarming import alarms, oldest_due


class Command(BaseCommand):
    """Print one line for each alarm and end with 1, or print nothing and end with 0."""

    help = "Say what is stuck or differs in the money; ends with 1 when anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what may be asked beside."""
        parser.add_argument(
            "--everything", action="store_true", help="run the whole nightly check first"
        )
        parser.add_argument("--sweeps", action="store_true", help="show how far behind sweeps are")

    def handle(self, *_args: Any, everything: bool, sweeps: bool, **_options: Any) -> None:
        """Look, say, and end with 1 when something needs somebody."""
        now = clock.now()
        if everything:
            nightly.check_everything(now)
        for row in oldest_due(now) if sweeps else ():
            since = row.due_at.isoformat() if row.due_at else "-"
            self.stdout.write(f"sweep {row.sweep}: {row.count} due, oldest {since}")
        found = alarms(now)
        for alarm in found:
            since = f", since {alarm.since.isoformat()}" if alarm.since else ""
            self.stdout.write(f"{alarm.key}: {alarm.sentence} ({alarm.count}{since})")
        if found:
            sys.exit(1)
