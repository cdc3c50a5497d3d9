"""Reference case 3: Nadia Hoffmann, cellulite, fifteen sessions, one of them a week late."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clinic.demo.cases import Case, Mix, Needle, Place
from patients.models import Patient
from scheduling.actions import changes
from treatments.actions import plans
from treatments.models import TreatmentPlan, TreatmentSession

PLANNED = (
    *(date(2025, 1, 7) + timedelta(days=days) for days in (0, 7, 14, 21, 28, 35, 42, 49)),
    *(date(2025, 3, 11), date(2025, 3, 25), date(2025, 4, 8), date(2025, 4, 22)),
    *(date(2025, 5, 20), date(2025, 6, 17), date(2025, 7, 15)),
)
MISSED, CAME = date(2025, 4, 8), date(2025, 4, 15)
ACTUAL = (
    *PLANNED[:10],
    CAME,
    *(date(2025, 4, 29), date(2025, 5, 27), date(2025, 6, 24), date(2025, 7, 22)),
)
LAST = date(2025, 8, 19)
MIX: Mix = (("PX-2411-33", "2.0"), ("OS-2501-19", "2.0"), ("LD-2412-40", "1.0"), ("NS-2410-61", "5.0"))
PLACES = tuple(Place(zone, "bilateral", 25) for zone in ("buttock", "thigh-posterior"))
MARKS = ("depressions", "depth", "morphology", "laxity", "grade")
REGIONS = ("right_thigh", "left_thigh", "right_buttock", "left_buttock")
BEFORE = ((2, 2, 2, 1, 2), (2, 2, 2, 1, 2), (3, 2, 2, 2, 3), (3, 2, 2, 2, 3))
AFTER = ((1, 2, 1, 1, 2), (2, 1, 1, 1, 2), (2, 2, 2, 2, 2), (3, 2, 2, 2, 2))
GIRTHS = {False: (("right", "58.4"), ("left", "58.1")), True: (("right", "57.8"), ("left", "57.6"))}
WEIGHTS = {False: Decimal("68.0"), True: Decimal("66.9")}
BRUISES = {2: ("left", 8, "A bruise of 1 cm."), 5: ("right", 7, "A bruise of 1.5 cm."), 9: ("right", 11, "4 cm.")}
NAUSEA, PHASES_END = 6, (8, 12)


class Cellulite(Case):
    """A long course; the demonstration stands between its eleventh and its twelfth session."""

    number, name, protocol = "3", ("Nadia", "Hoffmann"), "cellulite-15"
    first, anchor = PLANNED[0], CAME
    hour = 9
    needle = Needle("point-by-point", "4", "27G 4 mm", "0.1")
    lots_used = tuple(number for number, _ml in MIX)

    def run(self, until: date = LAST) -> tuple[Patient, TreatmentPlan, list[TreatmentSession]]:
        """Go through the case up to a day; what comes after it is booked as far as it would be."""
        opened = self.at(PLANNED[0] - timedelta(days=7), 13)
        patient = self.register(opened)
        plan = self.agree(
            patient,
            start_on=PLANNED[0],
            at=opened + timedelta(minutes=30),
            options={"photos_record": True, "photos_teaching": True},
            price_per_session=Decimal(90),
            aim="A smoother surface of thighs and buttocks; girth is not the aim.",
        )
        self.book(plan, 1, at=opened + timedelta(minutes=50))
        given = [self.session(plan, ordinal, day) for ordinal, day in enumerate(ACTUAL, start=1) if day <= until]
        if until >= LAST:
            self.measure(plan, LAST, AFTER, final=True)
            plans.complete(plan, reason="All fifteen sessions were given.", by=self.treats, at=self.at(LAST, 12))
        return patient, plan, given

    def register(self, opened: Any) -> Patient:
        """No allergies, aspirin is tolerated: the silicon may come as its salicylate."""
        return self.enrol(
            born_on=date(1983, 3, 2),
            sex="female",
            email="nadia@patients.example",
            phone="+34910555105",
            weight_kg=WEIGHTS[False],
            at=opened,
        )

    def session(self, plan: TreatmentPlan, ordinal: int, day: date) -> TreatmentSession:
        """One session, what followed from it, and the next visit; the first mix came from the pharmacy's hood."""
        if ordinal == 1:
            self.measure(plan, day, BEFORE, final=False)
        given = self.give(
            plan,
            ordinal,
            day,
            mix=MIX,
            places=PLACES,
            standard="category-1" if ordinal == 1 else "immediate",
        )
        if ordinal in BRUISES:
            self.bruise(given, day, *BRUISES[ordinal])
        if ordinal == NAUSEA:
            self.nausea(given, day)
        if ordinal in PHASES_END:
            self.decide(plan, day, given)
        if ordinal < len(ACTUAL):
            self.next_visit(plan, ordinal + 1, at=self.at(day, 11))
        return given

    def next_visit(self, plan: TreatmentPlan, ordinal: int, *, at: Any) -> None:
        """The next visit on its target; the eleventh is called off the day before, and comes a week late."""
        booked = self.book(plan, ordinal, at=at)
        if ordinal == 11:
            desk, eve = self.staff["frontdesk"].user, self.at(MISSED - timedelta(days=1), 17)
            changes.cancel(booked, reason="The patient called: she has a cold.", by=desk, at=eve)
            self.book(plan, ordinal, on=CAME, at=eve + timedelta(minutes=5))

    def bruise(self, given: TreatmentSession, day: date, side: str, days: int, words: str) -> None:
        """A bruise on the thigh on the evening of a session."""
        case = self.suffer(
            given,
            "haematoma",
            onset=self.at(day, 20),
            grade=1,
            zone="thigh-posterior",
            side=side,
            narrative=words,
            told_at=self.at(day + timedelta(days=1), 10),
        )
        self.recover(case, on=day + timedelta(days=days), note=f"Gone after {days} days.")

    def nausea(self, given: TreatmentSession, day: date) -> None:
        """She felt sick for an hour on the way home."""
        case = self.suffer(
            given,
            "nausea",
            onset=self.at(day, 11),
            grade=1,
            zone="buttock",
            side="right",
            narrative="Felt sick for an hour on the way home; no vomiting.",
            told_at=self.at(day, 15),
        )
        self.recover(case, on=day)

    def decide(self, plan: TreatmentPlan, day: date, given: TreatmentSession) -> None:
        """At the end of a phase the two look at the pictures and go on with the longer interval."""
        self.rate(plan, "gais", {"value": "improved"}, on=day, session=given)
        plans.decide_phase(
            plan,
            advance=True,
            improved=True,
            measure="gais",
            reason="Improved: the dimples of both thighs are flatter.",
            by=self.treats,
            at=self.at(day, 10, 30),
        )

    def measure(self, plan: TreatmentPlan, day: date, grades: Any, *, final: bool) -> None:
        """The scale by region and the girth of both thighs with the weight of the day; at the end what both think."""
        regions = {region: dict(zip(MARKS, marks, strict=True)) for region, marks in zip(REGIONS, grades, strict=True)}
        thigh, weight = self.clinic.zones.current().get(slug="thigh-posterior"), WEIGHTS[final]
        self.rate(plan, "css", regions, on=day)
        for side, girth in GIRTHS[final]:
            items = {"value": girth, "weight_kg": str(weight), "landmark": "mid-thigh"}
            self.rate(plan, "circumference", items, on=day, zone=thigh, side=side)
        if final:
            self.rate(plan, "gais", {"value": "improved"}, on=day)
            self.rate(plan, "gais", {"value": "improved"}, on=day, rater="patient")
            self.rate(plan, "satisfaction", {"value": "neutral"}, on=day, rater="patient")
