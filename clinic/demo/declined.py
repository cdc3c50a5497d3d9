"""Reference case 8: Priya Nair-Castellanos asks for what must not be done; nothing comes of it but a record."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from audit.actions import chart_viewed
from clinic.demo.cases import Case
from common.dates import local_day
from patients.actions import statements
from patients.models import Patient
from treatments.actions import declines, plans
from treatments.models import Declined, Protocol

DAY, RECHECK = date(2025, 6, 11), date(2025, 12, 1)
ASKED_FOR, INSTEAD = "localised-fat-pcdc-4", "localised-fat-lipolytic-10"
INSTEAD_OF_IT = ("wait", "family_doctor", "nutrition", "surgeon", "psychology")


class Contraindicated(Case):
    """A request that ends with a letter and a day to look again."""

    number, name, protocol = "8", ("Priya", "Nair-Castellanos"), ASKED_FOR
    first, anchor = DAY, DAY

    @classmethod
    def told(cls, clinic: Clinic) -> dict[str, Any]:
        """Say where the case is: it has neither plan nor session."""
        patient = cls.patient_of(clinic)
        declined = patient.declines.order_by("pk")
        first = declined.select_related("clinic")[0]
        return {
            "patient": patient.pk,
            "plan": None,
            "sessions": [],
            "lots": {},
            "side_effects": [],
            "declined": [each.pk for each in declined],
            "shift_weeks": (local_day(first.at, clinic.time_zone) - DAY).days // 7,
        }

    def run(self) -> tuple[Patient, Declined]:
        """She asks, hears every reason at once, hears the same of the alternative, and goes with a letter."""
        patient = self.register()
        chart_viewed(patient, by=self.treats, at=self.at(DAY, 10, 5), page="patients:patient_detail")
        for minute, slug in ((20, ASKED_FOR), (25, INSTEAD)):
            self.try_in_vain(slug, lambda slug=slug, minute=minute: self.ask(patient, slug, minute))
        declined = declines.decline(
            patient,
            protocol=self.known(ASKED_FOR),
            instead=INSTEAD_OF_IT,
            note="Brought a picture from an advertisement. No payment was taken.",
            recheck_on=RECHECK + self.shift,
            by=self.treats,
            at=self.at(DAY, 10, 40),
        )
        return patient, declined

    def known(self, slug: str) -> Protocol:
        """Find a protocol of the clinic."""
        return self.clinic.protocols.current().get(slug=slug)

    def ask(self, patient: Patient, slug: str, minute: int) -> Any:
        """Try to make a plan of it, with a word against everything that takes one."""
        return plans.start(
            patient,
            protocol=self.known(slug),
            start_on=DAY + self.shift + timedelta(days=7),
            practitioner=self.doctor,
            by=self.treats,
            at=self.at(DAY, 10, minute),
        )

    def register(self) -> Patient:
        """Her history, with an anaphylaxis to soy in 2012."""
        patient = self.enrol(
            born_on=date(1993, 10, 4),
            sex="female",
            email="priya@patients.example",
            phone="+34910555107",
            weight_kg=Decimal(59),
            conditions=["breastfeeding", "BDD"],
            at=self.at(DAY, 10),
        )
        statements.state_allergy(
            patient,
            "soy",
            severity="anaphylaxis",
            reaction="Anaphylaxis, 2012",
            by=self.treats,
            at=self.at(DAY, 10, 2),
        )
        return patient
