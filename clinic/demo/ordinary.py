"""A day like any other: somebody has gone, somebody lies on the couch, somebody waits, somebody stayed away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from clinic.demo.cases import EXTRA, Case, Mix, Needle, Place
from clinic.demo.melasma import MIX, PLACES
from common.dates import local_day
from formulations.actions import lots
from patients.models import Patient
from scheduling.actions import bookings, changes
from scheduling.models import Appointment
from treatments.actions import delegations, orders
from treatments.models import TreatmentPlan

HAIR_MIX: Mix = (("BT-2409-15", "2.0"), ("DX-2412-02", "2.0"))
HAIR = tuple(Place(zone, "midline", 30) for zone in ("frontal-hairline", "mid-scalp"))
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
# product as it is known in the house, lot number, days until it expires, packs
AGEING = (("VC-2411-07", "VC-2408-02", 12, 3), ("TX-2503-09", "TX-2405-31", 25, 2), ("GS-2502-03", "GS-2407-14", 54, 2))


@dataclass(frozen=True)
class Regular:
    """Somebody whose course runs without a story."""

    given_name: str
    family_name: str
    born_on: date
    sex: str
    weight_kg: int
    email: str = ""


GRETA = Regular("Greta", "Sandoval", date(1987, 4, 2), "female", 61, "greta@patients.example")
TOMAS = Regular("Tomás", "Ferreira", date(1984, 11, 8), "male", 78)
RUTH = Regular("Ruth", "Castellan", date(1979, 2, 24), "female", 63)
LENA = Regular("Lena", "Okafor", date(1991, 6, 19), "female", 66, "lena@patients.example")


class Ordinary(Case):
    """One practitioner's part of the day; nothing of it is shifted, for it is now."""

    number, name, protocol = "", ("", ""), "melasma-vitc-gsh-6"
    first = anchor = date(2025, 1, 1)
    needle = Needle("papule", "1.5", "30G 4 mm", "0.05", angle_deg=10)
    mixed, places = MIX, PLACES
    asked = ("drug_interaction", "not_checked", "contraindication", "interval_late", "no_validated_cap")

    def __init__(self, clinic: Clinic, staff: dict[str, Any], stock: dict[str, Any], *, now: datetime) -> None:
        super().__init__(clinic, staff, stock, weeks=0)
        self.now = now

    def course(self, person: Regular, *, begins: datetime) -> TreatmentPlan:
        """A course whose first session is at this time, agreed ten days ago."""
        opened = begins - 10 * DAY
        details = {name: getattr(person, name) for name in ("given_name", "family_name", "born_on", "sex", "email")}
        patient = self.enrolled({**details, "weight_kg": Decimal(person.weight_kg)}, at=opened)
        day = local_day(begins, self.clinic.time_zone)
        start_on = day - DAY if day.isoweekday() == 7 else day
        plan = self.agree(patient, start_on=start_on, at=opened + QUARTER, price_per_session=Decimal(110))
        visit = self.line(plan, 1).visit
        self.seat(patient, "session", begins, course_visit=visit, at=self.now - 3 * DAY)
        return plan

    def seat(self, patient: Patient, kind: str, starts_at: datetime, *, at: datetime, **more: Any) -> Appointment:
        """Book a visit on one's own calendar, if need be outside the usual hours."""
        return bookings.book(
            self.clinic,
            patient=patient,
            kind=self.clinic.appointment_kinds.get(slug=kind),
            practitioner=self.doctor,
            starts_at=starts_at,
            overrides=EXTRA,
            by=self.treats,
            at=at,
            **more,
        )

    def give_at(self, person: Regular, begins: datetime) -> None:
        """A session that is over and signed."""
        plan = self.course(person, begins=begins)
        self.sign(self.treat(plan, 1, begins, mix=self.mixed, places=self.places), begins=begins)

    def leave_unsigned(self, person: Regular, begins: datetime) -> None:
        """A session that is over and waits for its signature."""
        plan = self.course(person, begins=begins)
        given = self.treat(plan, 1, begins, mix=self.mixed, places=self.places)
        changes.set_status(given.appointment, status="done", by=self.treats, at=begins + timedelta(minutes=52))

    def begin_now(self, person: Regular, begins: datetime) -> None:
        """A session that has only begun: the patient is in the room and has answered the five questions."""
        self.receive(self.course(person, begins=begins), 1, begins=begins)


class Colleague(Ordinary):
    """The other practitioner's part of the day."""

    treating = "colleague"


class Delegated(Colleague):
    """What the nurse does in the place of the other practitioner, who signed for it."""

    def prepare(self, person: Regular, begins: datetime) -> None:
        """The order is signed; the nurse has asked the five questions and drawn the mix, and injects next."""
        plan, agreed = self.course(person, begins=begins), begins - 3 * DAY
        until = local_day(self.now, self.clinic.time_zone) + 180 * DAY
        nurse = self.staff["nurse"]
        delegations.give(
            self.doctor, membership=nurse, protocol_slug=self.protocol, valid_until=until, by=self.treats, at=agreed
        )
        orders.sign(
            plan,
            components=[{"product": self.lots[lot].product, "volume_ml": Decimal(ml)} for lot, ml in self.mixed],
            first_ordinal=1,
            last_ordinal=plan.planned_sessions.count(),
            max_ml=sum((Decimal(ml) for _lot, ml in self.mixed), Decimal(0)),
            valid_until=until,
            by=self.treats,
            at=agreed,
        )
        self.treats = nurse.user
        given = self.receive(plan, 1, begins=begins)
        self.mix(given, self.mixed, at=begins + timedelta(minutes=10))


class Hair(Ordinary):
    """A course against hair loss."""

    protocol = "telogen-effluvium-6"
    needle = Needle("nappage", "2", "30G 4 mm", "0.05")
    mixed, places = HAIR_MIX, HAIR


def fill(clinic: Clinic, staff: dict[str, Any], stock: dict[str, Any], *, now: datetime) -> None:
    """Fill the day around now, whatever the hour: outside the usual ones each visit says so."""
    desk = staff["frontdesk"].user
    mark = now - timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    doctor, colleague, hair = (kind(clinic, staff, stock, now=now) for kind in (Ordinary, Colleague, Hair))
    begins = mark - 10 * QUARTER
    colleague.give_at(GRETA, begins)
    begins = mark - 7 * QUARTER
    hair.leave_unsigned(TOMAS, begins)
    doctor.begin_now(LENA, mark - 2 * QUARTER)
    Delegated(clinic, staff, stock, now=now).prepare(RUTH, mark - 2 * QUARTER)

    known = {each.family_name: each for each in clinic.patients.filter(family_name__in=EXPECTED)}
    for family_name, (quarters, status) in EXPECTED.items():
        visit = colleague.seat(known[family_name], "control", mark + quarters * QUARTER, at=now - 2 * DAY)
        for step in status:
            changes.set_status(visit, status=step, by=desk, at=now)
    off = doctor.seat(known["Byrne"], "consultation", mark + 12 * QUARTER, at=now - 2 * DAY)
    changes.cancel(off, reason="She will call again.", by=desk, at=now)


# family name, quarters of an hour from now, steps that the visit has taken
EXPECTED: dict[str, tuple[int, tuple[str, ...]]] = {
    "Byrne": (-4, ("no_show",)),
    "Kowalczyk": (2, ("arrived",)),
    "Haddad": (4, ("confirmed",)),
    "Moreau-Petit": (6, ()),
}


def age(clinic: Clinic, stock: dict[str, Any], *, today: date, nurse: Any, at: datetime) -> None:
    """A few packs that must be used soon."""
    for known, number, days, packs in AGEING:
        lots.receive(
            stock[known].product,
            number=number,
            expires_on=today + timedelta(days=days),
            packs=packs,
            location=stock[known].location,
            by=nurse,
            at=at,
        )
