"""What is left of a plan, and when it may be left out."""

from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from common.dates import zone_of
from common.refused import Refusal
from common.rules import rule
from scheduling.models import LIVE, Appointment
from treatments.models import PlannedSession, SessionState, TreatmentPlan
from treatments.rules.sessions import page_of


def rest_of(plan: TreatmentPlan) -> list[PlannedSession]:
    """List the sessions that were neither given nor left out, in order."""
    rows = plan.planned_sessions.open().with_visit().select_related("visit__appointment__location")
    return list(rows.prefetch_related("sessions").order_by("ordinal"))


def booked(rest: Iterable[PlannedSession]) -> list[tuple[int, Appointment]]:
    """List the numbers of those that stand in the calendar, each with its visit."""
    visits = [(each.ordinal, each.visit.appointment) for each in rest]
    return [(ordinal, visit) for ordinal, visit in visits if visit is not None and visit.status in LIVE]


def words_of(ordinal: int, visit: Appointment) -> str:
    """Name a booked session by its number and its hour at the place."""
    starts = visit.starts_at.astimezone(zone_of(visit.location.time_zone))
    return _("session %(n)s on %(day)s") % {"n": ordinal, "day": date_format(starts, "j F Y, H:i")}


@rule
def leave_out(user: User, plan: TreatmentPlan, *, rest: Iterable[PlannedSession]) -> Iterator[tuple[bool, Refusal]]:
    """Nothing is left out of which a session is under way."""
    for planned in rest:
        begun = next((each for each in planned.sessions.all() if each.state != SessionState.ABANDONED), None)
        if begun is not None:
            sentence = _("Session %(n)s is under way: finish it, or give it up, before the plan ends.")
            yield False, Refusal("wrong_state", sentence % {"n": planned.ordinal}, url=page_of(begun))
