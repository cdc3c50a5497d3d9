"""What the cases of the demonstration share: the clock, the front desk, the papers and the steps of a session."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from accounts.models import Clinic
from common.dates import resolve_local
from common.refused import Refusal, Refused
from formulations.models import Lot
from patients.actions import consents_to_contact, patients
from patients.models import Patient
from safety.actions import side_effects
from safety.models import SideEffectCase
from scheduling.actions import bookings, changes
from scheduling.models import Appointment
from treatments.actions import consents, outcomes, plans, sessions, zones
from treatments.models import TreatmentPlan, TreatmentSession
from treatments.rules.courses import lines_of

NO = {
    "pregnancy": "no",
    "blood_thinners_nsaids_7d": "no",
    "infection": "no",
    "allergy": "no",
    "last_reaction": "none",
}
AGREED = "Discussed with the patient, who agrees"
EXTRA = [{"code": "outside_hours", "reason": "Extra hours today"}]
ASKED = ("drug_interaction", "not_checked", "contraindication")
Mix = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """One zone as it is injected: where, in how many points of how much."""

    zone: str
    side: str
    points: int
    area_cm2: Decimal | None = None


@dataclass(frozen=True)
class Needle:
    """How a case injects: technique, depth, needle and millilitres per point."""

    technique: str
    depth_mm: str
    name: str
    ml_per_point: str
    angle_deg: int = 90


def signature(width: int = 240) -> list[list[list[float]]]:
    """Give strokes that look like a name written by hand."""
    wave = [[40 + x, 90 + (x * 7 % 60) - 30 + (20 if x % 3 else -20), x * 8] for x in range(0, width, 6)]
    return [wave, [[60, 130, width * 9], [40 + width, 122, width * 9 + 300]]]


class Case:
    """One patient's story, walked through at the times at which it happened, moved by whole weeks."""

    number: ClassVar[str]
    name: ClassVar[tuple[str, str]]
    protocol: ClassVar[str]
    first: ClassVar[date]
    anchor: ClassVar[date]
    treating: ClassVar[str] = "practitioner"
    hour: ClassVar[int] = 10
    needle: ClassVar[Needle]
    lots_used: ClassVar[tuple[str, ...]] = ()
    asked: ClassVar[tuple[str, ...]] = ASKED

    def __init__(self, clinic: Clinic, staff: dict[str, Any], lots: dict[str, Lot], *, weeks: int) -> None:
        self.clinic, self.staff, self.lots = clinic, staff, lots
        self.shift = timedelta(weeks=weeks)
        self.doctor = staff[self.treating].practitioner
        self.treats = staff[self.treating].user
        self.refused: dict[str, list[Refusal]] = {}

    @classmethod
    def shift_weeks(cls, today: date) -> int:
        """Count the whole weeks that bring the anchor of the case one to seven days before today."""
        return (today - cls.anchor - timedelta(days=1)).days // 7

    @classmethod
    def opening(cls, weeks: int) -> date:
        """Give the day on which the clinic must have opened for the case to fit."""
        return cls.first + timedelta(weeks=weeks) - timedelta(days=14)

    @classmethod
    def patient_of(cls, clinic: Clinic) -> Patient:
        """Find the patient of the case in a clinic that has it."""
        given, family = cls.name
        return clinic.patients.get(given_name=given, family_name=family, merged_into=None)

    @classmethod
    def told(cls, clinic: Clinic) -> dict[str, Any]:
        """Say where the case is: its rows, its lots, and by how many weeks it is shifted."""
        patient = cls.patient_of(clinic)
        plan = patient.plans.order_by("pk").first()
        return {
            "patient": patient.pk,
            "plan": plan.pk,
            "sessions": list(plan.sessions.order_by("started_at").values_list("pk", flat=True)),
            "lots": dict(clinic.lots.filter(number__in=cls.lots_used).values_list("number", "pk")),
            "side_effects": list(patient.side_effects.order_by("onset_at", "pk").values_list("pk", flat=True)),
            "shift_weeks": cls.weeks_of(plan),
        }

    @classmethod
    def weeks_of(cls, plan: TreatmentPlan) -> int:
        """Say by how many weeks a built case is shifted."""
        return (plan.start_on - cls.first).days // 7

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Give a moment of the case, moved to where the demo has it."""
        return resolve_local(datetime.combine(day + self.shift, time(hour, minute)), self.clinic.time_zone)

    def overrides(self, *more: str) -> list[dict[str, str]]:
        """Say the practitioner's reason for what the check asks about."""
        return [{"code": code, "reason": AGREED} for code in (*self.asked, *more)]

    def enrol(self, *, at: datetime, **person: Any) -> Patient:
        """Open the file of the patient, who may be written to."""
        given, family = self.name
        return self.enrolled({"given_name": given, "family_name": family, **person}, at=at)

    def enrolled(self, person: dict[str, Any], *, at: datetime) -> Patient:
        """The practitioner registers somebody in the consultation; the front desk asks how they may be reached."""
        patient = patients.register(self.clinic, language="en", **person, by=self.treats, at=at)
        if patient.email:
            desk = self.staff["frontdesk"].user
            consents_to_contact.give(patient, channel="email", purpose="care", by=desk, at=at)
        self.consult(patient, at=at)
        return patient

    def consult(self, patient: Patient, *, at: datetime) -> None:
        """The first conversation, before any plan."""
        visit = bookings.book(
            self.clinic,
            patient=patient,
            kind=self.clinic.appointment_kinds.get(slug="consultation"),
            practitioner=self.doctor,
            starts_at=at,
            overrides=EXTRA,
            by=self.treats,
            at=at,
        )
        for status, minutes in (("arrived", 0), ("in_room", 2), ("done", 40)):
            changes.set_status(visit, status=status, by=self.treats, at=at + timedelta(minutes=minutes))

    def agree(
        self, patient: Patient, *, start_on: date, at: datetime, options: dict[str, bool] | None = None, **agreed: Any
    ) -> TreatmentPlan:
        """The plan and the consent with both signatures."""
        protocol = agreed.pop("protocol", self.protocol)
        plan = plans.start(
            patient,
            protocol=self.clinic.protocols.current().get(slug=protocol),
            start_on=start_on + self.shift,
            practitioner=self.doctor,
            overrides=self.overrides(),
            by=self.treats,
            at=at,
            **agreed,
        )
        self.consent(plan, options or {}, at=at + timedelta(minutes=5), signed_at=at + timedelta(days=1, hours=1))
        return plan

    def consent(self, plan: TreatmentPlan, options: dict[str, bool], *, at: datetime, signed_at: datetime) -> None:
        """The paper is explained; the patient signs it later, then the practitioner."""
        consent = consents.present(plan, options=options, by=self.treats, at=at)
        for role, minutes in (("patient", 0), ("practitioner", 5)):
            consent = consents.sign(
                consent,
                role=role,
                strokes=signature(),
                sha256=consent.document.sha256,
                witness=role == "patient",
                by=self.treats,
                at=signed_at + timedelta(minutes=minutes),
            )

    def line(self, plan: TreatmentPlan, ordinal: int) -> Any:
        """Read one session of a plan as it stands now."""
        return lines_of(TreatmentPlan.objects.with_chart().get(pk=plan.pk))[ordinal - 1]

    def book(
        self, plan: TreatmentPlan, ordinal: int, *, on: date | None = None, hour: int | None = None, at: datetime
    ) -> Appointment:
        """The front desk books a visit of the plan, on its target unless another day is named."""
        line = self.line(plan, ordinal)
        return bookings.book(
            self.clinic,
            patient=plan.patient,
            kind=line.visit.kind,
            practitioner=self.doctor,
            starts_at=self.at(on or line.window.target_on - self.shift, self.hour if hour is None else hour),
            course_visit=line.visit,
            by=self.staff["frontdesk"].user,
            at=at,
        )

    def give(
        self,
        plan: TreatmentPlan,
        ordinal: int,
        day: date,
        *,
        mix: Mix,
        places: tuple[Place, ...],
        hour: int | None = None,
        reaction: tuple[tuple[str, int], ...] = (),
        standard: str = "immediate",
    ) -> TreatmentSession:
        """One session as it happened on a day, from the door to the signature."""
        begins = self.at(day, self.hour if hour is None else hour)
        given = self.treat(plan, ordinal, begins, mix=mix, places=places, reaction=reaction, standard=standard)
        return self.sign(given, begins=begins)

    def treat(
        self,
        plan: TreatmentPlan,
        ordinal: int,
        begins: datetime,
        *,
        mix: Mix,
        places: tuple[Place, ...],
        reaction: tuple[tuple[str, int], ...] = (),
        standard: str = "immediate",
    ) -> TreatmentSession:
        """One session from the door to the end of the observation; it waits for its signature."""
        given = self.receive(plan, ordinal, begins=begins)
        self.mix(given, mix, standard=standard, at=begins + timedelta(minutes=10))
        sessions.time_out(given, overrides=self.overrides(), by=self.treats, at=begins + timedelta(minutes=18))
        self.inject(given, places, begins=begins)
        return self.observe(given, reaction, at=begins + timedelta(minutes=50))

    def sign(self, given: TreatmentSession, *, begins: datetime) -> TreatmentSession:
        """The practitioner signs, and the patient leaves."""
        given = sessions.sign_off(given, by=self.treats, at=begins + timedelta(minutes=55))
        if given.appointment:
            changes.set_status(given.appointment, status="done", by=self.treats, at=begins + timedelta(minutes=56))
        return given

    def receive(self, plan: TreatmentPlan, ordinal: int, *, begins: datetime) -> TreatmentSession:
        """The patient arrives and is asked the five questions."""
        planned = plan.planned_sessions.select_related("visit__appointment", "plan__course").get(ordinal=ordinal)
        for minutes, status in ((-10, "arrived"), (-2, "in_room")):
            changes.set_status(
                planned.visit.appointment,
                status=status,
                by=self.staff["frontdesk"].user,
                at=begins + timedelta(minutes=minutes),
            )
        given = sessions.open_session(planned, overrides=self.overrides(), by=self.treats, at=begins)
        return sessions.screen(
            given, answers=NO, overrides=self.overrides(), by=self.treats, at=begins + timedelta(minutes=2)
        )

    def mix(self, given: TreatmentSession, mix: Mix, *, at: datetime, standard: str = "immediate") -> Any:
        """The practitioner draws the mix from its lots."""
        return sessions.prepare(
            given,
            components=[{"lot": self.lots[number], "volume_ml": Decimal(ml)} for number, ml in mix],
            overrides=self.overrides("too_many_products"),
            standard=standard,
            by=self.treats,
            at=at,
        )

    def inject(self, given: TreatmentSession, places: tuple[Place, ...], *, begins: datetime) -> None:
        """From the first point to the last, zone by zone."""
        started, recorded, ended = (begins + timedelta(minutes=minutes) for minutes in (20, 33, 34))
        sessions.edit(
            given,
            antiseptic="alcohol",
            anaesthetic={"kind": "none"},
            injection_started_at=started,
            by=self.treats,
            at=started,
        )
        known, needle = self.clinic.zones.current().by_slug(), self.needle
        for place in places:
            zones.add_zone(
                given,
                zone=known[place.zone],
                side=place.side,
                technique=needle.technique,
                depth_mm=Decimal(needle.depth_mm),
                needle=needle.name,
                points=place.points,
                ml_per_point=Decimal(needle.ml_per_point),
                area_cm2=place.area_cm2,
                angle_deg=needle.angle_deg,
                delivery="manual",
                by=self.treats,
                at=recorded,
            )
        sessions.edit(given, injection_ended_at=ended, by=self.treats, at=ended)

    def observe(
        self, given: TreatmentSession, reaction: tuple[tuple[str, int], ...], *, at: datetime
    ) -> TreatmentSession:
        """A quarter of an hour of watching, and what was seen."""
        seen = [{"effect": effect, "grade": grade} for effect, grade in reaction]
        return sessions.edit(
            given,
            reaction={"effects": seen} if seen else {"none_observed": True},
            ended_at=at,
            by=self.treats,
            at=at,
        )

    def rate(
        self,
        plan: TreatmentPlan,
        measure: str,
        items: dict[str, Any],
        *,
        on: date,
        rater: str = "clinician",
        **more: Any,
    ) -> None:
        """Record a score on a day of the case."""
        hour = self.hour if "session" in more else self.hour + 1
        outcomes.rate(
            plan.patient,
            plan=plan,
            measure=measure,
            rated_on=on + self.shift,
            items=items,
            rater=rater,
            by=self.treats,
            at=self.at(on, hour, 1),
            **more,
        )

    def suffer(
        self,
        given: TreatmentSession,
        effect: str,
        *,
        onset: datetime,
        grade: int,
        zone: str,
        side: str,
        told_at: datetime,
        **more: Any,
    ) -> SideEffectCase:
        """The patient tells of a side effect of a session."""
        return side_effects.report(
            given.patient,
            session=given,
            effect=effect,
            zone=self.clinic.zones.current().get(slug=zone),
            side=side,
            onset_at=onset,
            grade=grade,
            by=self.treats,
            at=told_at,
            **more,
        )

    def recover(self, case: SideEffectCase, *, on: date, note: str = "", action_taken: str = "none") -> None:
        """The side effect is over."""
        side_effects.close(
            case,
            outcome="recovered",
            resolved_on=on + self.shift,
            note=note,
            action_taken=action_taken,
            by=self.treats,
            at=self.at(on, 18),
        )

    def try_in_vain(self, what: str, attempt: Any) -> None:
        """Try what the product must refuse, and keep what it says."""
        try:
            attempt()
        except Refused as refused:
            self.refused[what] = list(refused.reasons)
        else:
            raise AssertionError(f"{what} was not refused")
