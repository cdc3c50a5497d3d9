"""The first owner of a real clinic."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.actions import members
from accounts.models import Clinic, Role, User
from accounts.models.clinics import known_zone


class Command(BaseCommand):
    help = "Open a clinic and create its first owner; the password is read from standard input."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--clinic", required=True, help="the clinic's name")
        parser.add_argument("--name", default="", help="the owner's name")
        parser.add_argument("--time-zone", default="Europe/Madrid")
        parser.add_argument("--language", default="en")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--jurisdiction", default="ZZ")
        parser.add_argument("--password-stdin", action="store_true", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n")
        try:
            validate_email(options["email"])
            known_zone(options["time_zone"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if len(password) < 12:
            raise CommandError("The password needs at least 12 characters.")
        if Clinic.objects.filter(name=options["clinic"]).exists():
            raise CommandError(f"There is a clinic called {options['clinic']} already.")
        self.found(options, password)
        self.stdout.write(f"{options['clinic']} is open; {options['email']} owns it.")

    def found(self, options: dict[str, Any], password: str) -> None:
        system, now = User.objects.system(), timezone.now()
        clinic = members.found(
            name=options["clinic"],
            time_zone=options["time_zone"],
            language=options["language"],
            currency=options["currency"],
            jurisdiction=options["jurisdiction"],
            by=system,
            at=now,
        )
        members.add(
            clinic,
            email=options["email"],
            display_name=options["name"] or options["email"].split("@")[0],
            password=password,
            roles=[Role.OWNER],
            by=system,
            at=now,
        )
