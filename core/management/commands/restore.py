"""Make the installation what it was at a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups


class Command(BaseCommand):
    """Restore database and files; a database that holds something is replaced only when asked."""

    help = "Make database and files what they were at a backup. End web and workers first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add from where, and from when."""
        parser.add_argument("target", type=Path, help="the folder given to backup")
        parser.add_argument("--at", default="", help="a snapshot's name; the newest otherwise")
        parser.add_argument(
            "--replace", action="store_true", help="replace what the database holds now"
        )

    def handle(self, *_args: Any, target: Path, at: str, replace: bool, **_options: Any) -> None:
        """Restore, or say why not."""
        found = [path for path in backups.snapshots(target) if at in {"", path.name}]
        if not found:
            raise CommandError(f"there is no such backup in {target}")
        if not replace and not backups.is_empty():
            raise CommandError("the database is not empty: --replace puts the backup in its place")
        try:
            written = backups.restore(target, found[-1])
        except backups.BackupBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found[-1].name} is restored; {written} files were written")
