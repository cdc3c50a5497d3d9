"""The first owner of a real clinic."""

import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
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
        parser.add_argument("--password-stdin", action="store_true", required=True, help="say that it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n")
        try:
            validate_email(options["email"])
            known_zone(options["time_zone"])
            validate_password(password, User(email=options["email"], display_name=options["name"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if Clinic.objects.filter(name=options["clinic"]).exists():
            raise CommandError(f"There is a clinic called {options['clinic']} already.")
        clinic = self.found(options, password)
        if "load_reference" in get_commands():
            call_command("load_reference", clinic=clinic.slug, stdout=self.stdout)
        self.stdout.write(f"{options['clinic']} is open; {options['email']} owns it.")

    @transaction.atomic
    def found(self, options: dict[str, Any], password: str) -> Clinic:
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
        return clinic
