"""A house brought back from a backup, into an empty database and an empty data folder."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections
from django.utils import timezone

from clinic.backups import restoring
from clinic.backups.manifest import Broken, Manifest
from clinic.embedded.postgres import Cluster
from clinic.embedded.trouble import CannotStart


class Command(BaseCommand):
    help = "Bring a backup back into an empty house, compare everything, and hold back what may have been sent."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the backup")
        parser.add_argument("--check", action="store_true", help="only read the backup from end to end")
        parser.add_argument(
            "--rehearsal", action="store_true", help="for a try beside the clinic that goes on: never sends anything"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        began = time.monotonic()
        try:
            manifest, seal = restoring.check(folder.resolve())
            if options["check"]:
                self.stdout.write(f"{folder} is whole: {manifest.rows} rows of {manifest.taken_at}.")
                return
            self.prepare()
            restoring.refuse_a_used_house()
            restoring.bring_back(folder.resolve(), manifest)
            connections.close_all()
            restoring.settle(manifest, seal, is_rehearsal=options["rehearsal"], at=timezone.now())
        except (Broken, CannotStart, OSError, Error) as error:
            raise CommandError(f"Not restored. {error}") from None
        call_command("verify_audit", stdout=self.stdout)
        call_command("verify_documents", stdout=self.stdout, stderr=self.stderr)
        self.tell(manifest, time.monotonic() - began)

    def prepare(self) -> None:
        """An embedded cluster is made on the way; another server is expected to be there."""
        if settings.EMBEDDED:
            cluster = Cluster(settings.DATA_DIR)
            cluster.start(with_parent=False)
            cluster.ensure_database()
            for sentence in cluster.said:
                self.stdout.write(sentence)

    def tell(self, manifest: Manifest, seconds: float) -> None:
        self.stdout.write(
            f"Restored the house of {manifest.taken_at}: {manifest.rows} rows in {len(manifest.tables)} tables, "
            f"{len(manifest.parts)} files, every count and fingerprint as it was taken, in {seconds:.1f} s."
        )
        if restoring.has_another_key(manifest):
            self.stdout.write(
                "SECRET_KEY is not the one of the backup: second factors and links of patients do not work under it. "
                "Set the old one before the clinic opens."
            )
