"""What is left of a plan when it ends: booked visits are called off, sessions are left out, in the same step."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from scheduling.actions import changes, courses
from scheduling.models import Appointment
from treatments.models import TreatmentPlan
from treatments.rules import endings as rules


@audited("plan.rest_left_out")
def leave_the_rest_out(
    plan: TreatmentPlan, *, reason: str, cancel_visits: bool, by: User, at: datetime
) -> TreatmentPlan:
    """Leave out every session that was not given; visits that are booked are cancelled, if somebody said so."""
    rest = rules.rest_of(plan)
    rules.leave_out.check(by, plan, rest=rest)
    booked = rules.booked(rest)
    if booked and not cancel_visits:
        raise still_booked(booked)
    said = (reason.strip() or _("The plan has ended."))[:300]
    for _ordinal, visit in reversed(booked):
        changes.cancel(visit, reason=said, by=by, at=at)
    for planned in rest:
        courses.skip(planned.visit, reason=said, by=by, at=at)
        planned.skipped_at, planned.skipped_by, planned.skip_reason = at, by, said
        planned.save(update_fields=["skipped_at", "skipped_by", "skip_reason"])
    return plan


def still_booked(booked: list[tuple[int, Appointment]]) -> Refused:
    """Name the visits that would be cancelled with the plan."""
    return Refused(
        "visits_booked",
        _("Visits of this plan are booked: %(visits)s. Say that they are cancelled with it.")
        % {"visits": "; ".join(rules.words_of(ordinal, visit) for ordinal, visit in booked)},
        visits=[
            {"ordinal": ordinal, "appointment": visit.pk, "starts_at": visit.starts_at.isoformat()}
            for ordinal, visit in booked
        ],
    )
