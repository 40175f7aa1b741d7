"""Keep the whole installation in a folder, and say what was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups, clock


class Command(BaseCommand):
    """Make a backup, or read one back."""

    help = "Keep database and files in a folder, read them back, and let old ones go."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to, and for how long."""
        parser.add_argument("target", type=Path, help="a folder, best on another disk")
        parser.add_argument("--keep", type=int, default=14, help="how many snapshots stay (14)")
        parser.add_argument("--verify", action="store_true", help="only read the newest one back")

    def handle(self, *_args: Any, target: Path, keep: int, verify: bool, **_options: Any) -> None:
        """Keep, or read back; what is broken ends with 1."""
        try:
            if verify:
                newest = backups.snapshots(target)[-1:]
                if not newest:
                    raise CommandError(f"there is no backup in {target}")
                count = backups.verify(target, newest[0])
                self.stdout.write(f"{newest[0].name}: the database and {count} files are whole")
                return
            snapshot = backups.make_backup(target, clock.now())
        except backups.BackupBroken as error:
            raise CommandError(str(error)) from error
        gone = backups.prune(target, max(1, keep))
        self.stdout.write(f"{snapshot} was kept and read back; {gone} old ones were let go")
