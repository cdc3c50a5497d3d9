"""What is going on in the demo clinic now: visits of the coming days, a course that is about to begin, a follow-up."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from clinic.demo import ordinary
from clinic.demo.cases import AGREED, ASKED
from common.dates import local_day, resolve_local
from patients.actions import consents_to_contact, patients
from patients.models import Patient
from scheduling.actions import bookings
from treatments.actions import consents, plans
from treatments.rules.courses import lines_of

PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "given_name": "Clara",
        "family_name": "Nowicka-Peña",
        "born_on": date(1990, 9, 14),
        "sex": "female",
        "email": "clara@patients.example",
        "phone": "+34910555102",
        "language": "es",
        "phototype": 3,
        "weight_kg": Decimal(58),
        "allergies": ["lidocaine"],
    },
    {
        "given_name": "Bruno",
        "family_name": "Lacroix",
        "born_on": date(1978, 1, 30),
        "sex": "male",
        "email": "bruno@patients.example",
        "phone": "+34910555103",
        "language": "fr",
        "weight_kg": Decimal(81),
        "medicines": ["apixaban 5 mg"],
    },
    {
        "given_name": "Siobhán",
        "family_name": "O'Neill",
        "born_on": date(1969, 12, 3),
        "sex": "female",
        "phone": "+34910555104",
        "language": "en",
        "allergies": ["penicillin"],
        "medicines": ["ibuprofen when needed"],
    },
)


class Today:
    """The days around now."""

    def __init__(self, clinic: Clinic, staff: dict[str, Any], lots: dict[str, Any], *, now: datetime) -> None:
        self.clinic, self.staff, self.lots, self.now = clinic, staff, lots, now
        self.day = self.open_day(local_day(now, clinic.time_zone) + timedelta(days=1))
        self.doctor, self.colleague = staff["practitioner"].practitioner, staff["colleague"].practitioner

    def open_day(self, day: date) -> date:
        """Give the day, or the Monday after a Sunday."""
        return day + timedelta(days=1) if day.isoweekday() == 7 else day

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Give a moment at the clinic."""
        return resolve_local(datetime.combine(day, time(hour, minute)), self.clinic.time_zone)

    def run(self, amara: Patient) -> None:
        """Fill the day, register three more people, begin a course whose consent waits for a signature."""
        today = local_day(self.now, self.clinic.time_zone)
        nurse = self.staff["nurse"].user
        ordinary.age(self.clinic, self.lots, today=today, nurse=nurse, at=self.now - timedelta(days=40))
        ordinary.fill(self.clinic, self.staff, self.lots, now=self.now)
        clara, bruno, siobhan = (self.register(person) for person in PEOPLE)
        plan = plans.start(
            clara,
            protocol=self.clinic.protocols.current().get(slug="melasma-vitc-gsh-6"),
            start_on=self.day,
            practitioner=self.doctor,
            price_per_session=Decimal(115),
            overrides=[{"code": code, "reason": AGREED} for code in ASKED],
            by=self.staff["practitioner"].user,
            at=self.now,
        )
        consents.present(plan, options={}, by=self.staff["practitioner"].user, at=self.now)
        self.book(clara, "session", self.doctor, self.at(self.day, 10), visit=lines_of(plan)[0].visit)
        self.book(bruno, "consultation", self.doctor, self.at(self.day, 11, 30))
        self.book(siobhan, "consultation", self.colleague, self.at(self.day, 9))
        self.book(amara, "control", self.doctor, self.at(self.open_day(self.day + timedelta(days=14)), 16))

    def register(self, person: dict[str, Any]) -> Patient:
        """The nurse registers somebody, or the front desk, whose words a clinician has still to read."""
        nurse = self.staff["nurse" if person.get("email") else "frontdesk"].user
        patient = patients.register(self.clinic, **person, by=nurse, at=self.now)
        if patient.email:
            consents_to_contact.give(patient, channel="email", purpose="care", by=nurse, at=self.now)
        return patient

    def book(self, patient: Patient, kind: str, practitioner: Any, starts_at: datetime, *, visit: Any = None) -> None:
        """The front desk books."""
        bookings.book(
            self.clinic,
            patient=patient,
            kind=self.clinic.appointment_kinds.get(slug=kind),
            practitioner=practitioner,
            starts_at=starts_at,
            course_visit=visit,
            by=self.staff["frontdesk"].user,
            at=self.now,
        )
