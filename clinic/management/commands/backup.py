"""A backup of the whole house, while it works."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinic.backups import nightly
from clinic.backups.manifest import Broken


class Command(BaseCommand):
    help = "Take the database, the private files and the heads of the audit trail into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that does not exist yet")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        began = time.monotonic()
        try:
            made = nightly.attempt(folder.resolve(), at=timezone.now())
        except (Broken, OSError) as error:
            raise CommandError(f"No backup was taken. {error}") from None
        self.stdout.write(
            f"{made.folder}: {made.row_count} rows and {made.file_count} files, {made.bytes / 1e6:.1f} MB, "
            f"in {time.monotonic() - began:.1f} s.\nSeal: {made.manifest_sha256}"
        )
