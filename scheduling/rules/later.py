"""Which later visits of a course a change would push out of their windows, and what could be done with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from scheduling.availability import Slot, open_days, slots
from scheduling.models import LIVE, Appointment, Course, CourseVisit
from scheduling.rules.windows import Timing, Window, in_sequence, judge, visits_of

ACTIONS = ("move", "unbook", "leave")


@rule
def leave(user: Any, visit: CourseVisit, *, window: Window, day: date, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A later visit stays outside its interval for a reason; below the minimum of a label it does not stay."""
    yield (
        judge(window, day) != Timing.FORBIDDEN,
        Refusal(
            "outside_window",
            _("Visit %(n)s cannot stay: the product's label sets a minimum, not before %(day)s.")
            % {"n": visit.ordinal, "day": date_format(window.earliest_on, "j F Y")},
            source=_("label"),
            url=visit.course.page_url,
        ),
    )
    yield bool(reason), Refusal("reason_needed", _("Say why the later visit stays where it is."))


@dataclass(frozen=True)
class Affected:
    """A booked later visit that would no longer lie inside its window, and where it would belong."""

    visit: CourseVisit
    window: Window
    timing: Timing
    booked_on: date
    proposal: Slot | None

    def as_dict(self) -> dict[str, Any]:
        """Say it as the API does: the proposal is an item that can be sent back as it is."""
        proposed = (
            {"action": "move", "starts_at": self.proposal.starts_at.isoformat()}
            if self.proposal
            else {"action": "unbook"}
        )
        return {
            "visit": self.visit.pk,
            "ordinal": self.visit.ordinal,
            "appointment": self.visit.appointment_id,
            "booked_on": self.booked_on.isoformat(),
            "earliest_on": self.window.earliest_on.isoformat(),
            "target_on": self.window.target_on.isoformat(),
            "latest_on": self.window.latest_on.isoformat(),
            "code": {"early": "interval_early", "forbidden": "outside_window"}.get(self.timing, "interval_late"),
            "proposal": {"visit": self.visit.pk, **proposed},
        }


def affected_by(
    visit: CourseVisit, *, starts_at: datetime | None, at: datetime, days: Mapping[int, date | None] | None = None
) -> list[Affected]:
    """List the booked later visits that would leave their windows if this visit moved, or was cancelled (None).

    Each proposal counts from the one before it, so that following all of them leaves the course in order.
    """
    course = Course.objects.select_related("location", "clinic").get(pk=visit.course_id)
    visits, zone = visits_of(course), course.location.time_zone
    later = [each for each in visits if each.ordinal > visit.ordinal and _is_booked(each)]
    if not later:
        return []
    is_open = open_days(course.location, since=course.start_on)
    before = in_sequence(visits, start_on=course.start_on, zone=zone, is_open=is_open)
    moved: dict[int, date | None] = {visit.pk: local_day(starts_at, zone) if starts_at else None, **(days or {})}
    found = []
    for each in later:
        appointment = each.appointment
        if appointment is None or each.pk in (days or {}):
            continue
        window = in_sequence(visits, start_on=course.start_on, zone=zone, is_open=is_open, days=moved)[each.ordinal]
        day = local_day(appointment.starts_at, zone)
        timing = judge(window, day)
        if timing == Timing.INSIDE or timing == judge(before[each.ordinal], day):
            continue
        proposal = nearest(each, appointment, window, zone, at=at)
        moved[each.pk] = local_day(proposal.starts_at, zone) if proposal else None
        found.append(Affected(each, window, timing, day, proposal))
    return found


def _is_booked(visit: CourseVisit) -> bool:
    return visit.done_on is None and visit.appointment is not None and visit.appointment.status in LIVE


def nearest(visit: CourseVisit, appointment: Appointment, window: Window, zone: str, *, at: datetime) -> Slot | None:
    """The free time inside a window nearest to the target day at the hour that the patient had."""
    tz = ZoneInfo(zone)
    wanted = datetime.combine(window.target_on, appointment.starts_at.astimezone(tz).time(), tzinfo=tz)
    first = max(window.earliest_on, local_day(at, zone))
    if first > window.latest_on:
        return None
    found = slots(
        appointment.clinic,
        kind=visit.kind,
        day_from=first,
        day_to=min(window.latest_on, first + timedelta(days=31)),
        practitioners=[appointment.practitioner_id],
        location=appointment.location_id,
        patient=appointment.patient_id,
        leaving=appointment,
        at=at,
    )
    return min(found, key=lambda slot: abs(slot.starts_at - wanted), default=None)
