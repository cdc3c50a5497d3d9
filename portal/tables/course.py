"""What a patient sees first: the next visit, how far the course has come, and what there is to do."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from audit.models import Event
from common.dates import local_day, zone_of
from patients.models import Patient
from portal.tables.aftercare import Aftercare, aftercare_of
from treatments.models import PlanState
from treatments.rules.courses import Line, calendars_of, lines_of
from treatments.rules.emergencies import clinic_number, emergency_number

MOST_VISITS = 5
QUESTIONS_BEFORE = timedelta(days=14)
CONTACT_STANDS = timedelta(days=365)
CONTACT_LOOKED_AT = ("contact_details.checked", "contact_details.corrected")
# What was missed is shown as still to come: the page tells how far one is, it does not blame.
DOTS = {"done": "done", "booked": "booked", "due": "due", "missed": "due"}


@dataclass(frozen=True)
class Appointed:
    """A visit as the patient must know it: when by the clock of the place, where, with whom, and whom to call."""

    appointment: Any
    phone: str

    @property
    def is_ahead(self) -> bool:
        """Whether it may still be moved: nobody has come yet."""
        return self.appointment.status in ("booked", "confirmed")

    @property
    def zone(self) -> str:
        return str(self.appointment.location.time_zone)

    @property
    def zone_words(self) -> str:
        """Name the place whose clock it is, and the zone as clocks abbreviate it."""
        short = self.appointment.starts_at.astimezone(zone_of(self.zone)).tzname()
        return f"{self.zone.rpartition('/')[2].replace('_', ' ')} ({short})"


@dataclass(frozen=True)
class Progress:
    """How far a course has come, in dots and numbers."""

    plan: Any
    lines: list[Line]
    today: date

    @property
    def dots(self) -> list[str]:
        return [DOTS[line.status] for line in self.lines if line.status in DOTS]

    @property
    def done(self) -> int:
        return self.dots.count("done")

    @property
    def total(self) -> int:
        return len(self.dots)

    @property
    def state(self) -> str:
        """Say in one word where the course stands: first, under way, paused, complete or ended."""
        if self.plan.state in (PlanState.COMPLETED, PlanState.DISCONTINUED):
            return "complete" if self.plan.state == PlanState.COMPLETED else "ended"
        if self.plan.state == PlanState.PAUSED or self.plan.course.is_blocked:
            return "paused"
        return "under_way" if self.done else "first"

    @property
    def next_due(self) -> Line | None:
        """Give the next session that wants a date, while the course goes on and nothing is booked before it."""
        waiting = next((line for line in self.lines if line.is_open), None)
        goes_on = self.state in ("first", "under_way")
        return waiting if goes_on and waiting and waiting.status != "booked" else None

    @property
    def window(self) -> Any:
        """Give the best days of the next session, as long as they lie ahead."""
        found = self.next_due.window if self.next_due else None
        return found if found and found.latest_on >= self.today else None


@dataclass(frozen=True)
class Home:
    """The first page of the portal; its clinical part is empty on a phone that was put away."""

    next_visit: Appointed | None
    later_visits: list[Appointed]
    phone: str
    courses: list[Progress] = field(default_factory=list)
    to_sign: list[Any] = field(default_factory=list)
    emergency: str = ""
    urgent_phone: str = ""
    has_told: bool = False
    asks_questions: bool = False
    asks_contact: bool = False
    wishes_move: bool = False
    aftercare: Aftercare | None = None

    @property
    def wants_date(self) -> bool:
        """Whether a course below asks for a date already, so that the page asks once."""
        return any(course.next_due for course in self.courses)

    @property
    def has_to_do(self) -> bool:
        return bool(self.to_sign or self.asks_questions or self.asks_contact)

    @property
    def is_empty(self) -> bool:
        return not (self.next_visit or self.courses or self.to_sign or self.aftercare)


def home_of(patient: Patient, *, clinical: bool, at: datetime) -> Home:
    """Gather the first page; without `clinical`, only when and where the next visit is."""
    clinic = patient.clinic
    booked = (
        patient.appointments.upcoming(at)
        .exclude(status="held")
        .select_related("location", "kind", "practitioner__membership__user")[:MOST_VISITS]
    )
    visits = [Appointed(each, each.location.phone or clinic.phone) for each in booked]
    first = visits[0].appointment if visits else None
    return Home(
        next_visit=visits[0] if visits else None,
        later_visits=visits[1:],
        phone=visits[0].phone if visits else clinic.phone,
        courses=_courses(patient, at) if clinical else [],
        to_sign=_to_sign(patient) if clinical else [],
        emergency=emergency_number(clinic),
        urgent_phone=clinic_number(clinic),
        has_told=clinical and patient.side_effects.told_by_patients().exists(),
        asks_questions=clinical and first is not None and _asks_questions(first, at),
        asks_contact=clinical and _asks_contact(patient, at),
        wishes_move=first is not None and patient.tasks.open().filter(reason_key=f"portal-move:{first.pk}").exists(),
        aftercare=aftercare_of(patient, at) if clinical else None,
    )


def _asks_questions(visit: Any, at: datetime) -> bool:
    """Ask what changed in the two weeks before a visit, until it was answered."""
    if visit.starts_at > at + QUESTIONS_BEFORE:
        return False
    return not Event.objects.about(visit).filter(kind="visit_questions.answered").exists()


def _asks_contact(patient: Patient, at: datetime) -> bool:
    """Ask once a year whether address and numbers are right still; not in the first year, they were just written."""
    if patient.registered_at > at - CONTACT_STANDS:
        return False
    looked = Event.objects.about(patient).filter(kind__in=CONTACT_LOOKED_AT, at__gt=at - CONTACT_STANDS)
    return not looked.exists()


def _courses(patient: Patient, at: datetime) -> list[Progress]:
    """Give the courses that go on; where none does, the one that ended last."""
    plans = list(
        patient.plans.select_related("course__location", "practitioner__membership__user")
        .prefetch_related("planned_sessions__visit__appointment", "planned_sessions__sessions")
        .order_by("-start_on", "-pk")
    )
    shown = [plan for plan in plans if plan.ended_at is None] or plans[:1]
    calendars = calendars_of(shown)
    return [Progress(plan, lines_of(plan, calendars), local_day(at, plan.course.location.time_zone)) for plan in shown]


def _to_sign(patient: Patient) -> list[Any]:
    waiting = patient.consents.waiting_for_patient().filter(
        document__released_at__isnull=False, plan__ended_at__isnull=True
    )
    return list(waiting.select_related("document").latest_first())
