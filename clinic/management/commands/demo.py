"""The demo clinic: built once through the product's own actions, then only described."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Clinic, User
from clinic.demo import house, people, story
from clinic.demo.melasma import Melasma
from patients.actions import portal


class Command(BaseCommand):
    help = "Build the demo clinic if it is not there, and print its accounts, tokens and ids."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CLINIC_ENV == "production":
            raise CommandError("The demo clinic is not for production: set CLINIC_ENV=demo to look around.")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(7422000000000)")
            clinic = Clinic.objects.filter(slug=house.SLUG).first() or story.build(now=timezone.now())
            told = self.describe(clinic)
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for account in told["accounts"]:
            self.stdout.write(f"{account['role']:<14}{account['email']:<30}{account['password']}")

    def describe(self, clinic: Clinic) -> dict[str, Any]:
        """Say what the demo has: accounts, a fresh portal link, and the ids of the case."""
        address = f"http://{settings.HOST}:{settings.PORT}"
        patient = Melasma.patient_of(clinic)
        link = portal.invite(patient, by=User.objects.system(), at=timezone.now())
        entrance = address + reverse("portal:enter", args=[link.secret])
        return {
            "address": address,
            "accounts": people.accounts(clinic),
            "portal": [{"patient": patient.pk, "name": patient.full_name, "link": entrance}],
            "cases": story.told(clinic),
            "location": clinic.locations.order_by("pk").values_list("pk", flat=True).first(),
            "rooms": list(clinic.rooms.order_by("position").values_list("pk", flat=True)),
            "kinds": list(clinic.appointment_kinds.order_by("position").values_list("pk", flat=True)),
        }
