"""Reference case 1: Amara Okonkwo-Reyes, melasma, six sessions, from registration to the final score."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from common.dates import resolve_local
from formulations.models import Lot
from patients.actions import consents_to_contact, patients
from patients.models import Patient
from safety.actions import side_effects
from scheduling.actions import bookings, changes
from treatments.actions import consents, outcomes, plans, sessions, zones
from treatments.models import TreatmentPlan, TreatmentSession
from treatments.rules.courses import lines_of

FIRST, LAST = date(2025, 2, 3), date(2025, 4, 21)
DATES = (FIRST, date(2025, 2, 10), date(2025, 2, 17), date(2025, 2, 24), date(2025, 3, 10), date(2025, 3, 24))
MIX = (("VC-2411-07", "2.0"), ("GS-2502-03", "1.0"), ("NS-2410-61", "1.0"))
ZONES = (("forehead", "midline", 20), ("malar", "right", 18), ("malar", "left", 18), ("chin", "midline", 4))
NO = {
    "pregnancy": "no",
    "blood_thinners_nsaids_7d": "no",
    "infection": "no",
    "allergy": "no",
    "last_reaction": "none",
}
AREAS = ("forehead", "right_malar", "left_malar", "chin")
BEFORE = ((3, 3, 2), (4, 3, 3), (4, 3, 3), (1, 2, 1))
AFTER = ((3, 2, 2), (3, 2, 2), (4, 2, 3), (1, 1, 1))
REACTIONS = {1: (("redness", 1), ("burning", 1))}


def signature(width: int = 240) -> list[list[list[float]]]:
    """Give strokes that look like a name written by hand."""
    wave = [[40 + x, 90 + (x * 7 % 60) - 30 + (20 if x % 3 else -20), x * 8] for x in range(0, width, 6)]
    return [wave, [[60, 130, width * 9], [40 + width, 122, width * 9 + 300]]]


def shift_weeks(today: date) -> int:
    """Count the whole weeks that bring the last day of the case into the past, as near to today as weekdays allow."""
    return (today - LAST).days // 7 - (1 if (today - LAST).days % 7 == 0 else 0)


class Melasma:
    """One patient's course, walked through at the times at which it happened."""

    def __init__(self, clinic: Clinic, staff: dict[str, Any], lots: dict[str, Lot], *, weeks: int) -> None:
        self.clinic, self.staff, self.lots = clinic, staff, lots
        self.shift = timedelta(weeks=weeks)
        self.doctor = staff["practitioner"].practitioner
        self.treats = staff["practitioner"].user

    @staticmethod
    def opening(weeks: int) -> date:
        """Give the day on which the clinic must have opened for the case to fit."""
        return FIRST + timedelta(weeks=weeks) - timedelta(days=14)

    @staticmethod
    def weeks_of(plan: TreatmentPlan) -> int:
        """Say by how many weeks a built case is shifted."""
        return (plan.start_on - FIRST).days // 7

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Give a moment of the case, moved to where the demo has it."""
        return resolve_local(datetime.combine(day + self.shift, time(hour, minute)), self.clinic.time_zone)

    def run(self) -> tuple[Patient, TreatmentPlan, list[TreatmentSession]]:
        """Go through the whole case."""
        patient = self.register()
        plan = self.agree(patient)
        given = [self.session(plan, ordinal, day) for ordinal, day in enumerate(DATES, start=1)]
        self.score(patient, plan, LAST, AFTER, given[-1], final=True)
        plans.complete(plan, reason="All six sessions were given.", by=self.treats, at=self.at(LAST, 11))
        return patient, plan, given

    def register(self) -> Patient:
        """The front desk registers her; the practitioner writes the history in the consultation."""
        opened = self.at(FIRST - timedelta(days=7), 9)
        patient = patients.register(
            self.clinic,
            given_name="Amara",
            family_name="Okonkwo-Reyes",
            born_on=date(1986, 6, 11),
            sex="female",
            email="amara@patients.example",
            phone="+34910555101",
            language="en",
            phototype=4,
            weight_kg=Decimal(64),
            medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}],
            by=self.treats,
            at=opened,
        )
        for channel in ("email",):
            consents_to_contact.give(
                patient, channel=channel, purpose="care", by=self.staff["frontdesk"].user, at=opened
            )
        return patient

    def agree(self, patient: Patient) -> TreatmentPlan:
        """The plan, the consent with both signatures, and the first visit."""
        opened = self.at(FIRST - timedelta(days=7), 9, 30)
        plan = plans.start(
            patient,
            protocol=self.clinic.protocols.current().get(slug="melasma-vitc-gsh-6"),
            start_on=FIRST + self.shift,
            practitioner=self.doctor,
            price_per_session=Decimal(115),
            aim="A visibly lighter cheek and forehead; a complete clearing is not expected.",
            overrides=self.overrides(),
            by=self.treats,
            at=opened,
        )
        consent = consents.present(
            plan, options={"photos_record": True}, by=self.treats, at=opened + timedelta(minutes=5)
        )
        for role in ("patient", "practitioner"):
            consent = consents.sign(
                consent,
                role=role,
                strokes=signature(),
                sha256=consent.document.sha256,
                witness=role == "patient",
                by=self.treats,
                at=self.at(FIRST - timedelta(days=5), 17, 0 if role == "patient" else 5),
            )
        self.book(plan, 1, at=opened + timedelta(minutes=20))
        return plan

    def overrides(self) -> list[dict[str, Any]]:
        """Say the practitioner's reason for what the check asks about."""
        reason = "Discussed with the patient, who agrees"
        return [{"code": code, "reason": reason} for code in ("drug_interaction", "not_checked", "contraindication")]

    def book(self, plan: TreatmentPlan, ordinal: int, *, at: datetime) -> Any:
        """The front desk books the next visit inside its window, at ten o'clock."""
        plan = TreatmentPlan.objects.with_chart().get(pk=plan.pk)
        line = lines_of(plan)[ordinal - 1]
        return bookings.book(
            self.clinic,
            patient=plan.patient,
            kind=line.visit.kind,
            practitioner=self.doctor,
            starts_at=self.at(line.window.target_on - self.shift, 10),
            course_visit=line.visit,
            by=self.staff["frontdesk"].user,
            at=at,
        )

    def session(self, plan: TreatmentPlan, ordinal: int, day: date) -> TreatmentSession:
        """One session as it happened, from the five questions to the signature, and the next visit booked."""
        planned = plan.planned_sessions.select_related("visit__appointment", "plan__course").get(ordinal=ordinal)
        appointment = planned.visit.appointment
        for minute, status in ((50, "arrived"), (58, "in_room")):
            changes.set_status(appointment, status=status, by=self.staff["frontdesk"].user, at=self.at(day, 9, minute))
            appointment.refresh_from_db()
        given = sessions.open_session(planned, by=self.treats, at=self.at(day, 10))
        if ordinal == 1:
            self.score(plan.patient, plan, day, BEFORE, given, final=False)
        sessions.screen(given, answers=NO, overrides=self.overrides(), by=self.treats, at=self.at(day, 10, 2))
        sessions.prepare(
            given,
            components=[{"lot": self.lots[number], "volume_ml": Decimal(ml)} for number, ml in MIX],
            overrides=self.overrides(),
            by=self.treats,
            at=self.at(day, 10, 10),
        )
        sessions.time_out(given, overrides=self.overrides(), by=self.treats, at=self.at(day, 10, 18))
        self.inject(given, day)
        seen = [{"effect": effect, "grade": grade} for effect, grade in REACTIONS.get(ordinal, ())]
        sessions.edit(
            given,
            reaction={"effects": seen} if seen else {"none_observed": True},
            ended_at=self.at(day, 10, 50),
            by=self.treats,
            at=self.at(day, 10, 50),
        )
        given = sessions.sign_off(given, by=self.treats, at=self.at(day, 10, 55))
        changes.set_status(appointment, status="done", by=self.treats, at=self.at(day, 10, 56))
        if ordinal < len(DATES):
            self.book(plan, ordinal + 1, at=self.at(day, 11))
        if ordinal == 2:
            self.bruise(plan.patient, given, day)
        if ordinal == 4:
            plans.decide_phase(
                plan,
                advance=True,
                improved=True,
                measure="gais",
                reason="Lighter on both cheeks",
                by=self.treats,
                at=self.at(day, 11, 5),
            )
        return given

    def bruise(self, patient: Patient, given: TreatmentSession, day: date) -> None:
        """A bruise on the left cheek, seen the next day and gone after six."""
        case = side_effects.report(
            patient,
            session=given,
            effect="haematoma",
            zone=self.clinic.zones.current().get(slug="malar"),
            side="left",
            onset_at=self.at(day + timedelta(days=1), 8),
            grade=1,
            narrative="A bruise of 8 mm, told by telephone; faded without treatment.",
            by=self.treats,
            at=self.at(day + timedelta(days=1), 12),
        )
        side_effects.close(
            case,
            outcome="recovered",
            note="Gone after six days.",
            by=self.treats,
            at=self.at(day + timedelta(days=6), 18),
        )

    def inject(self, given: TreatmentSession, day: date) -> None:
        """Sixty points of 0.05 mL over forehead, cheeks and chin."""
        sessions.edit(
            given,
            antiseptic="alcohol",
            anaesthetic={"kind": "none"},
            injection_started_at=self.at(day, 10, 20),
            by=self.treats,
            at=self.at(day, 10, 20),
        )
        known = self.clinic.zones.current().by_slug()
        for slug, side, points in ZONES:
            zones.add_zone(
                given,
                zone=known[slug],
                side=side,
                technique="papule",
                depth_mm=Decimal("1.5"),
                needle="30G 4 mm",
                points=points,
                ml_per_point=Decimal("0.05"),
                angle_deg=10,
                delivery="manual",
                by=self.treats,
                at=self.at(day, 10, 25),
            )
        sessions.edit(given, injection_ended_at=self.at(day, 10, 34), by=self.treats, at=self.at(day, 10, 35))

    def score(self, patient: Patient, plan: TreatmentPlan, day: date, grades: Any, given: Any, *, final: bool) -> None:
        """The scores of the case: mMASI and MASI by area, DLQI, and at the end GAIS and satisfaction."""
        items = {
            area: {"area": a, "darkness": d, "homogeneity": h} for area, (a, d, h) in zip(AREAS, grades, strict=True)
        }
        taken: list[tuple[str, dict[str, Any], str]] = [
            ("mmasi", items, "clinician"),
            ("masi", items, "clinician"),
            ("dlqi", {"total": 6 if final else 11}, "patient"),
        ]
        if final:
            taken += [
                ("gais", {"value": "much_improved"}, "clinician"),
                ("gais", {"value": "improved"}, "patient"),
                ("satisfaction", {"value": "satisfied"}, "patient"),
            ]
        for measure, answers, rater in taken:
            outcomes.rate(
                patient,
                plan=plan,
                session=given,
                measure=measure,
                rated_on=day + self.shift,
                items=answers,
                rater=rater,
                by=self.treats,
                at=self.at(day, 10, 1) if not final else self.at(day, 10, 30),
            )
