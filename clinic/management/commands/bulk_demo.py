"""Volume data by COPY, for benchmarks."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils import timezone

from accounts.models import Counter
from clinic.volume import guarantees, house, people, shelf, treatments, visits
from common.dates import local_day

FEWEST_PATIENTS = 1_000  # so that nobody is at two places at once


class Command(BaseCommand):
    help = "Fill a clinic of its own with patients and appointments, as the owner of the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=FEWEST_PATIENTS)
        parser.add_argument("--appointments", type=int, default=0)
        parser.add_argument("--sessions", type=int, default=0, help="signed sessions, each with its visit")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("Volume data is not for production.")
        if "owner" not in settings.DATABASES:
            raise CommandError("Volume data is written by the owner of the tables: set OWNER_DATABASE_URL.")
        at = timezone.now()
        today = local_day(at, house.ZONE)
        made = house.found(today, at)
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            added = people.write(cursor.cursor, made, options["patients"], today, at)
            self.stdout.write(f"patients      {added:>9,}")
        patients = list(made.clinic.patients.order_by("pk").values_list("pk", flat=True))
        newest = made.clinic.patients.order_by("-number").values_list("number", flat=True).first() or "P-0"
        Counter.objects.filter(clinic=made.clinic, name="patient").update(value=int(newest.removeprefix("P-")))
        if options["appointments"]:
            self.visits(made, patients, options["appointments"], today)
        if options["sessions"]:
            self.sessions(made, patients, options["sessions"], today)

    def visits(self, made: house.House, patients: list[int], count: int, today: Any) -> None:
        """Write the visits, unless the calendar of this clinic is filled already."""
        if made.clinic.appointments.exists():
            raise CommandError("This clinic has appointments already: bulk data is written once into a database.")
        if len(patients) < FEWEST_PATIENTS:
            raise CommandError(f"Appointments need at least {FEWEST_PATIENTS} patients.")
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            added = visits.write(cursor.cursor, made, patients, count, today)
            self.stdout.write(f"appointments  {added:>9,}")
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")

    def sessions(self, made: house.House, patients: list[int], count: int, today: Any) -> None:
        """Write signed sessions into the days before the first visit of the calendar, and look whether all holds."""
        if made.clinic.treatment_sessions.exists():
            raise CommandError("This clinic has sessions already: bulk data is written once into a database.")
        if len(patients) < FEWEST_PATIENTS:
            raise CommandError(f"Sessions need at least {FEWEST_PATIENTS} patients.")
        kept, began = shelf.stocked(made, timezone.now()), time.monotonic()
        earliest = made.clinic.appointments.order_by("starts_at").values_list("starts_at", flat=True).first()
        before = min(today, local_day(earliest, house.ZONE)) if earliest else today
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            rows = treatments.write(cursor.cursor, made, kept, patients, count, before)
        spent = time.monotonic() - began
        self.stdout.write(f"sessions      {count:>9,}   ({rows:,} rows, {rows / spent:,.0f} rows a second)")
        Counter.objects.filter(clinic=made.clinic, name="plan").update(value=made.clinic.plans.count())
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SET statement_timeout = 0")
            if found := list(guarantees.broken(cursor)):
                raise CommandError("These guarantees are broken: " + "; ".join(found))
