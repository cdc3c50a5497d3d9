"""Reference case 1: Amara Okonkwo-Reyes, melasma, six sessions, from registration to the final score."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clinic.demo.cases import Case, Mix, Needle, Place
from patients.models import Patient
from treatments.actions import plans
from treatments.models import TreatmentPlan, TreatmentSession

FIRST, LAST = date(2025, 2, 3), date(2025, 4, 21)
DATES = (FIRST, date(2025, 2, 10), date(2025, 2, 17), date(2025, 2, 24), date(2025, 3, 10), date(2025, 3, 24))
MIX: Mix = (("VC-2411-07", "2.0"), ("GS-2502-03", "1.0"), ("NS-2410-61", "1.0"))
PLACES = (
    Place("forehead", "midline", 20),
    Place("malar", "right", 18),
    Place("malar", "left", 18),
    Place("chin", "midline", 4),
)
AREAS = ("forehead", "right_malar", "left_malar", "chin")
BEFORE = ((3, 3, 2), (4, 3, 3), (4, 3, 3), (1, 2, 1))
AFTER = ((3, 2, 2), (3, 2, 2), (4, 2, 3), (1, 1, 1))
REACTIONS = {1: (("redness", 1), ("burning", 1))}


class Melasma(Case):
    """One patient's course, complete: the last score was taken in the past week."""

    number, name, protocol = "1", ("Amara", "Okonkwo-Reyes"), "melasma-vitc-gsh-6"
    first, anchor = FIRST, LAST
    needle = Needle("papule", "1.5", "30G 4 mm", "0.05", angle_deg=10)
    lots_used = tuple(number for number, _ml in MIX)

    def run(self) -> tuple[Patient, TreatmentPlan, list[TreatmentSession]]:
        """Go through the whole case."""
        opened = self.at(FIRST - timedelta(days=7), 9)
        patient = self.register(opened)
        plan = self.agree(
            patient,
            start_on=FIRST,
            at=opened + timedelta(minutes=30),
            options={"photos_record": True},
            price_per_session=Decimal(115),
            aim="A visibly lighter cheek and forehead; a complete clearing is not expected.",
        )
        self.book(plan, 1, at=opened + timedelta(minutes=50))
        given = [self.session(plan, ordinal, day) for ordinal, day in enumerate(DATES, start=1)]
        self.score(plan, LAST, AFTER, given[-1], final=True)
        plans.complete(plan, reason="All six sessions were given.", by=self.treats, at=self.at(LAST, 11, 30))
        return patient, plan, given

    def register(self, opened: Any) -> Patient:
        """The practitioner writes the history in the consultation."""
        return self.enrol(
            born_on=date(1986, 6, 11),
            sex="female",
            email="amara@patients.example",
            phone="+34910555101",
            phototype=4,
            weight_kg=Decimal(64),
            medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}],
            at=opened,
        )

    def session(self, plan: TreatmentPlan, ordinal: int, day: date) -> TreatmentSession:
        """One session, and the next visit booked."""
        given = self.give(plan, ordinal, day, mix=MIX, places=PLACES, reaction=REACTIONS.get(ordinal, ()))
        if ordinal == 1:
            self.score(plan, day, BEFORE, given, final=False)
        if ordinal < len(DATES):
            self.book(plan, ordinal + 1, at=self.at(day, 11))
        if ordinal == 2:
            self.bruise(given, day)
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

    def bruise(self, given: TreatmentSession, day: date) -> None:
        """A bruise on the left cheek, seen the next day and gone after six."""
        case = self.suffer(
            given,
            "haematoma",
            onset=self.at(day + timedelta(days=1), 8),
            grade=1,
            zone="malar",
            side="left",
            narrative="A bruise of 8 mm, told by telephone; faded without treatment.",
            told_at=self.at(day + timedelta(days=1), 12),
        )
        self.recover(case, on=day + timedelta(days=7), note="Gone after six days.")

    def score(self, plan: TreatmentPlan, day: date, grades: Any, given: TreatmentSession, *, final: bool) -> None:
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
            self.rate(plan, measure, answers, on=day, rater=rater, session=given)
