"""Load the reference catalogue into clinics: a new one is filled, an old one gets proposals."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Clinic, User
from documents.actions import templates
from formulations.actions import catalogue
from treatments.actions import protocols

LISTS = (
    "ingredients",
    "pair_rules",
    "indications",
    "effects",
    "protocols",
    "zones",
    "condition_policies",
    "washouts",
)


class Command(BaseCommand):
    help = "Load ingredients, incompatibilities, side effects, protocols, zones, policy and papers. Repeat it freely."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinic", help="slug of one clinic; without it, all clinics")

    def handle(self, *args: Any, **options: Any) -> None:
        clinics = Clinic.objects.order_by("pk")
        if options["clinic"]:
            clinics = clinics.filter(slug=options["clinic"])
            if not clinics:
                raise CommandError(f"There is no clinic “{options['clinic']}”.")
        for clinic in clinics:
            self.load(clinic)

    def load(self, clinic: Clinic) -> None:
        by, at = User.objects.system(), timezone.now()
        catalogue.load(clinic, by=by, at=at)
        protocols.load(clinic, by=by, at=at)
        templates.load_defaults(clinic, by=by, at=at)
        proposed = sum(getattr(clinic, name).proposed().count() for name in LISTS)
        current = sum(getattr(clinic, name).current().count() for name in LISTS)
        waiting = f", {proposed} changes wait for the medical director" if proposed else ""
        self.stdout.write(f"{clinic.name}: {current} rows in force{waiting}.")
