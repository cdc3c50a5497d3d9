"""Reference case 9: Beatriz Santangelo, nodules two weeks after her fourth session, and the lot behind them."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clinic.demo.cases import Case, Mix, Needle, Place
from formulations.actions import lots
from formulations.models import Lot
from patients.actions import portal
from patients.models import Patient
from safety.actions import reviews, side_effects, tellings
from safety.models import SideEffectCase
from scheduling.actions import changes
from treatments.actions import plans
from treatments.models import TreatmentPlan, TreatmentSession

CLEARED, CULPRIT = "PR-2502-09", "PR-2503-17"
DATES = (date(2025, 4, 1), date(2025, 4, 8), date(2025, 4, 15), date(2025, 4, 22))
DELIVERED, MISSED, INSTEAD = date(2025, 4, 3), date(2025, 4, 29), date(2025, 5, 13)
ONSET, TOLD = date(2025, 5, 6), date(2025, 5, 9)
SMEAR, CULTURE, ADMITTED, HOME = date(2025, 5, 16), date(2025, 5, 23), date(2025, 5, 24), date(2025, 5, 31)
EFFECT = "atypical-mycobacterial-infection"
PLACES = tuple(Place(zone, "bilateral", 25) for zone in ("buttock", "thigh-posterior"))


def mix_of(lot: str) -> Mix:
    """Procaine from one lot, with pentoxifylline and salt water."""
    return ((lot, "2.0"), ("PX-2411-33", "2.0"), ("NS-2410-61", "6.0"))


@dataclass(frozen=True)
class Other:
    """Somebody else who was treated from the same lot, at noon of other days."""

    given_name: str
    family_name: str
    born_on: date
    weight_kg: int
    days: tuple[date, ...]


def april(*days: int) -> tuple[date, ...]:
    """Days of that April."""
    return tuple(date(2025, 4, day) for day in days)


def may(*days: int) -> tuple[date, ...]:
    """Days of that May."""
    return tuple(date(2025, 5, day) for day in days)


OTHERS = (
    Other("Ines", "Carvalho", date(1979, 5, 17), 71, april(9, 16)),
    Other("Hanna", "Lindqvist", date(1988, 2, 4), 62, april(10, 17)),
    Other("Rosa", "Benedetti", date(1975, 10, 22), 68, april(11, 24)),
    Other("Aylin", "Demir", date(1990, 7, 9), 59, april(23)),
    Other("Claire", "Moreau-Petit", date(1982, 12, 30), 65, april(25)),
    Other("Marta", "Kowalczyk", date(1986, 3, 14), 73, may(5)),
    Other("Yara", "Haddad", date(1993, 8, 1), 57, may(7)),
    Other("Saoirse", "Byrne", date(1981, 1, 26), 66, may(14)),
)


class LotRecall(Case):
    """The demonstration stands in the week after she came home: the case is red and open, the lot set aside."""

    number, name, protocol = "9", ("Beatriz", "Santangelo"), "cellulite-15"
    first, anchor = DATES[0], HOME
    hour = 11
    needle = Needle("point-by-point", "4", "27G 4 mm", "0.1")
    lots_used = (CLEARED, CULPRIT, "PX-2411-33", "NS-2410-61")

    def run(self) -> tuple[Patient, TreatmentPlan, SideEffectCase]:
        """Go through the case as far as the demonstration tells it."""
        opened = self.at(DATES[0] - timedelta(days=7), 13)
        patient = self.enrol(
            born_on=date(1983, 12, 1),
            sex="female",
            email="beatriz@patients.example",
            phone="+34910555109",
            weight_kg=Decimal(66),
            at=opened,
        )
        plan = self.begin(patient, DATES[0], at=opened + timedelta(minutes=30))
        self.visit(plan, 1, CLEARED)
        self.deliver()
        for ordinal in (2, 3, 4):
            self.visit(plan, ordinal, CULPRIT)
        self.travel(plan)
        case = self.nodules(patient)
        elsewhere = Elsewhere(self.clinic, self.staff, self.lots, weeks=self.shift.days // 7)
        for other in OTHERS:
            elsewhere.expose(other)
        self.laboratory(case)
        case.refresh_from_db()
        return patient, plan, case

    def begin(self, patient: Patient, start_on: date, *, at: Any) -> TreatmentPlan:
        """Fifteen sessions with procaine in place of lidocaine."""
        named = ("procaine", "pentoxifylline", "sodium-chloride")
        known = self.clinic.ingredients.current().by_slug()
        return self.agree(
            patient,
            start_on=start_on,
            at=at,
            options={"photos_record": True},
            ingredients=[known[slug] for slug in named],
            price_per_session=Decimal(85),
            aim="A smoother surface of thighs and buttocks.",
        )

    def deliver(self) -> Lot:
        """Thirty ampoules of the second lot arrive between the first two sessions; two are found cracked."""
        nurse, at = self.staff["nurse"].user, self.at(DELIVERED, 9)
        known = self.lots[CLEARED]
        lot = lots.receive(
            known.product,
            number=CULPRIT,
            expires_on=known.expires_on,
            packs=30,
            location=known.location,
            by=nurse,
            at=at,
        )
        lots.move(
            lot,
            kind="wastage",
            quantity=Decimal(4),
            reason="Two ampoules cracked",
            by=nurse,
            at=at + timedelta(hours=1),
        )
        self.lots[CULPRIT] = lot
        return lot

    def visit(self, plan: TreatmentPlan, ordinal: int, lot: str) -> TreatmentSession:
        """Book a session of hers and give it."""
        day = DATES[ordinal - 1]
        self.book(plan, ordinal, at=self.at(day - timedelta(days=6), 13))
        return self.give(plan, ordinal, day, mix=mix_of(lot), places=PLACES)

    def travel(self, plan: TreatmentPlan) -> None:
        """She misses the fifth while travelling; so late, a practitioner has to say that she may come."""
        desk = self.staff["frontdesk"].user
        missed = self.book(plan, 5, at=self.at(DATES[3], 13))
        changes.set_status(missed, status="no_show", by=desk, at=self.at(MISSED, 11, 30))
        plans.reassess(
            plan,
            reason="Three weeks because she travelled; well on the telephone, nothing new.",
            by=self.treats,
            at=self.at(MISSED, 12),
        )
        self.instead = self.book(plan, 5, on=INSTEAD, at=self.at(MISSED, 12, 10))

    def nodules(self, patient: Patient) -> SideEffectCase:
        """She tells of lumps; a lump so late stops the plan by itself, and the visit that was booked is called off."""
        access = portal.access_of(patient, by=self.staff["frontdesk"].user, at=self.at(TOLD, 8, 50))
        case = tellings.tell(
            patient,
            symptom="lump",
            severity="moderate",
            began_on=ONSET + self.shift,
            part="afternoon",
            zone=self.clinic.zones.current().get(slug="thigh-posterior"),
            side="right",
            words="Three red lumps on my right thigh. They hurt and something comes out of them.",
            language="en",
            by=access.user,
            at=self.at(TOLD, 9),
        )
        changes.cancel(
            self.instead, reason="The plan is paused.", by=self.staff["frontdesk"].user, at=self.at(TOLD, 9, 30)
        )
        return side_effects.move(
            case,
            state="reviewing",
            note="Cefalexin from today. Setting the lots aside is put off: a single case, culture pending.",
            by=self.staff["practitioner"].user,
            at=self.at(TOLD, 12),
        )

    def laboratory(self, case: SideEffectCase) -> None:
        """Smear, quarantine, culture, hospital: what the case is called and how hard it is follows."""
        director = self.staff["practitioner"].user
        side_effects.move(
            case,
            state="waiting",
            note="No response to a week of cefalexin. Acid-fast bacilli seen in the smear.",
            by=director,
            at=self.at(SMEAR, 10),
        )
        lots.quarantine(
            self.lots[CULPRIT],
            reason="Acid-fast bacilli in nodules of a patient treated from this lot.",
            by=director,
            at=self.at(SMEAR, 10, 5),
        )
        self.review(case, CULTURE, 11, grade=2, reason="Culture: Mycobacterium chelonae complex.")
        self.review(
            case,
            ADMITTED,
            16,
            grade=3,
            serious=("hospitalisation", "medically_important"),
            reason="Admitted to hospital today; clarithromycin-based treatment, planned for four months.",
        )
        side_effects.move(
            case,
            state="treated",
            note="Home again; the nodules have stopped draining.",
            by=director,
            at=self.at(HOME, 12),
        )

    def review(
        self,
        case: SideEffectCase,
        day: date,
        hour: int,
        *,
        grade: int,
        serious: tuple[str, ...] = (),
        reason: str,
    ) -> None:
        """The medical director says what the case is, as far as it is known by then."""
        reviews.review(
            case,
            effect=EFFECT,
            grade=grade,
            serious=serious,
            zone=case.zone,
            side=case.side,
            onset_at=case.onset_at,
            reason=reason,
            by=self.staff["practitioner"].user,
            at=self.at(day, hour),
        )


class Elsewhere(LotRecall):
    """The patients of the other practitioner, treated from the same lot in the same weeks."""

    treating, hour = "colleague", 15

    def expose(self, other: Other) -> None:
        """The same lot for somebody else, meanwhile."""
        opened = self.at(other.days[0] - timedelta(days=7), 14)
        person = {
            "given_name": other.given_name,
            "family_name": other.family_name,
            "born_on": other.born_on,
            "sex": "female",
            "weight_kg": Decimal(other.weight_kg),
        }
        plan = self.begin(self.enrolled(person, at=opened), other.days[0], at=opened + timedelta(minutes=30))
        for ordinal, day in enumerate(other.days, start=1):
            booked_at = self.at(day - timedelta(days=4), 17)
            self.book(plan, ordinal, on=day, at=booked_at)
            self.give(plan, ordinal, day, mix=mix_of(CULPRIT), places=PLACES)
