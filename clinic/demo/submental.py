"""Reference case 5: Oluwaseun Adebayo-Klein, fat under the chin, a labelled product and a nerve that took its time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clinic.demo.cases import Case, Mix, Needle, Place
from patients.models import Patient
from scheduling.actions import changes
from treatments.actions import plans
from treatments.models import TreatmentPlan, TreatmentSession

DATES = (date(2025, 1, 20), date(2025, 2, 19), date(2025, 4, 7))
WANTED, FREE, FOURTH, LAST = date(2025, 3, 21), date(2025, 4, 3), date(2025, 5, 7), date(2025, 6, 30)
SMILE, NUMB_UNTIL = date(2025, 2, 21), date(2025, 2, 24)
GIVEN = (("6.0", 24), ("4.0", 20), ("4.0", 16))
LOT = "KY-2409-12"


class Submental(Case):
    """Closed after three sessions; the last score was taken in the past week."""

    number, name, protocol = "5", ("Oluwaseun", "Adebayo-Klein"), "submental-dca-4"
    first, anchor = DATES[0], LAST
    hour = 12
    needle = Needle("hypodermic", "8", "30G 13 mm", "0.2")
    lots_used = (LOT,)

    def run(self) -> tuple[Patient, TreatmentPlan, list[TreatmentSession]]:
        """Go through the whole case."""
        opened = self.at(DATES[0] - timedelta(days=7), 13)
        patient = self.register(opened)
        plan = self.agree(
            patient,
            start_on=DATES[0],
            at=opened + timedelta(minutes=30),
            options={"photos_record": True},
            price_per_session=Decimal(420),
            aim="Less fullness under the chin.",
        )
        self.book(plan, 1, at=opened + timedelta(minutes=50))
        first = self.session(plan, 1)
        self.rate(plan, "cr-smfrs", {"value": "severe"}, on=DATES[0], session=first)
        numb = self.after_the_first(first)
        early = DATES[1] - timedelta(days=1)
        self.try_in_vain("early", lambda: self.book(plan, 2, on=early, at=self.at(DATES[0], 14)))
        self.book(plan, 2, at=self.at(DATES[0], 14))
        second = self.session(plan, 2)
        self.recover(numb, on=NUMB_UNTIL, note="Feeling came back after 35 days.")
        self.nerve(plan, second)
        self.book(plan, 3, on=DATES[2], at=self.at(FREE, 18, 5))
        given = [first, second, self.session(plan, 3)]
        self.close(plan)
        return patient, plan, given

    def register(self, opened: Any) -> Patient:
        """She swallows well, had no operation there and takes nothing that thins the blood."""
        return self.enrol(
            preferred_name="Seun",
            born_on=date(1979, 8, 8),
            sex="female",
            email="seun@patients.example",
            phone="+34910555106",
            weight_kg=Decimal(70),
            at=opened,
        )

    def session(self, plan: TreatmentPlan, ordinal: int) -> TreatmentSession:
        """Undiluted from its vials, one point of 0.2 mL for each square centimetre."""
        drawn, points = GIVEN[ordinal - 1]
        mix: Mix = ((LOT, drawn),)
        places = (Place("submental", "midline", points, area_cm2=Decimal(points)),)
        return self.give(plan, ordinal, DATES[ordinal - 1], mix=mix, places=places)

    def receive(self, plan: TreatmentPlan, ordinal: int, *, begins: Any) -> TreatmentSession:
        """At the first session somebody tries to thin the product: the label forbids it."""
        given = super().receive(plan, ordinal, begins=begins)
        if ordinal == 1:
            thinned: Mix = ((LOT, "5.0"), ("NS-2410-61", "1.0"))
            self.try_in_vain("saline", lambda: self.mix(given, thinned, at=begins + timedelta(minutes=6)))
        return given

    def after_the_first(self, first: TreatmentSession) -> Any:
        """Swelling for nine days, numbness for thirty-five."""
        day = timedelta(days=1)
        swelling, numb = (
            self.suffer(
                first,
                effect,
                onset=self.at(DATES[0] + began * day, 8 if began else 18),
                grade=grade,
                zone="submental",
                side="midline",
                told_at=self.at(DATES[0] + day, 10),
            )
            for effect, grade, began in (("swelling", 2, 1), ("numbness", 1, 0))
        )
        self.recover(swelling, on=DATES[0] + 9 * day, note="Gone on the ninth day.")
        return numb

    def nerve(self, plan: TreatmentPlan, second: TreatmentSession) -> None:
        """An uneven smile: nothing is booked until it has gone."""
        case = self.suffer(
            second,
            "nerve-injury",
            onset=self.at(SMILE, 9),
            grade=2,
            zone="submental",
            side="midline",
            narrative="Uneven smile since this morning; weak lower lip on the left.",
            told_at=self.at(SMILE, 13),
        )
        self.try_in_vain("nerve", lambda: self.book(plan, 3, on=WANTED, at=self.at(date(2025, 3, 14), 10)))
        self.recover(case, on=FREE, note="The smile is even again after 41 days.", action_taken="plan_paused")

    def close(self, plan: TreatmentPlan) -> None:
        """The fourth visit is called off until the result is known; twelve weeks after the third it is not needed."""
        fourth = self.book(plan, 4, at=self.at(DATES[2], 14))
        changes.cancel(
            fourth,
            reason="The result is awaited first.",
            by=self.staff["frontdesk"].user,
            at=self.at(FOURTH - timedelta(days=2), 10),
        )
        self.rate(plan, "cr-smfrs", {"value": "mild"}, on=LAST)
        self.rate(plan, "gais", {"value": "much_improved"}, on=LAST)
        self.rate(plan, "gais", {"value": "much_improved"}, on=LAST, rater="patient")
        plans.complete(
            plan, reason="The aim is reached after three sessions.", by=self.treats, at=self.at(LAST, 13, 30)
        )
