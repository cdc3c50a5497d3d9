"""An empty clinic on this machine, in one go: services, tables, owner, reference."""

import getpass
import io
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import house
from clinic.embedded.postgres import Cluster


class Command(BaseCommand):
    help = "Make the tables if they are missing, then an empty clinic with its first owner and the reference."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--name", default="", help="the owner's name")
        parser.add_argument("--time-zone", default="Europe/Madrid")
        parser.add_argument("--language", default="en")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--jurisdiction", default="ZZ")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["email"] and options["clinic"]):
            raise CommandError('Name both: make owner EMAIL=you@example.org CLINIC="Your clinic"')
        if settings.EMBEDDED:
            cluster = Cluster(settings.DATA_DIR)
            cluster.start(with_parent=False)
            cluster.ensure_database()
            for sentence in cluster.said:
                self.stdout.write(sentence)
        house.prepare_tables(self.stdout.write)
        names = ("email", "clinic", "name", "time_zone", "language", "currency", "jurisdiction")
        said, sys.stdin = sys.stdin, io.StringIO(f"{self.password()}\n")
        try:
            chosen = {name: options[name] for name in names}
            call_command("create_owner", password_stdin=True, **chosen, stdout=self.stdout)
        finally:
            sys.stdin = said

    def password(self) -> str:
        """Ask twice where somebody sits; else read one line."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password of the owner, 12 characters or more: ")
        if getpass.getpass("Once more: ") != password:
            raise CommandError("The two are not the same. Nothing was made.")
        return password
