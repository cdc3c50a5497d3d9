"""Outcome measures: the raw answers are kept, the score is computed here, an incomplete one has none."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.dates import local_day
from common.refused import Refusal, Refused
from patients.models import Patient
from treatments import scores
from treatments.actions import reviews
from treatments.models import OutcomeMeasure, Rater, TreatmentPlan, TreatmentSession, Zone
from treatments.rules import outcomes as rules


@audited("outcome.rated")
def rate(
    patient: Patient,
    *,
    measure: str,
    rated_on: date,
    items: Mapping[str, Any],
    plan: TreatmentPlan | None = None,
    session: TreatmentSession | None = None,
    zone: Zone | None = None,
    side: str = "",
    rater: str = Rater.CLINICIAN,
    by: User,
    at: datetime,
) -> OutcomeMeasure:
    """Score a measure from its answers on a day; what cannot be right is refused, sentence by sentence."""
    if measure not in scores.MEASURES:
        known = ", ".join(sorted(scores.MEASURES))
        raise Refused(
            "invalid", _("“%(measure)s” is not a measure. Known are: %(known)s.") % {"measure": measure, "known": known}
        )
    try:
        result = scores.score(measure, items)
    except scores.InvalidItems as error:
        raise Refused.of(Refusal("invalid", sentence) for sentence in error.sentences) from error
    today = local_day(at, patient.clinic.time_zone)
    rules.rate_outcome.check(by, patient, rated_on=rated_on, today=today, plan=plan, session=session)
    plan = plan or (session.plan if session else None)
    outcome = OutcomeMeasure.objects.create(
        clinic=patient.clinic,
        patient=patient,
        plan=plan,
        session=session,
        measure=measure,
        zone=zone,
        side=side,
        rater=rater,
        rated_on=rated_on,
        items=dict(items),
        score=result.rounded,
        complete=result.complete,
        recorded_at=at,
        recorded_by=by,
    )
    if plan is not None:
        reviews.heard(plan, by=by, at=at)
    return outcome


@audited("outcome.marked_as_error")
def mark_error(outcome: OutcomeMeasure, *, reason: str, by: User, at: datetime) -> OutcomeMeasure:
    """Set a score aside that was entered by mistake; it stays, and counts no more."""
    outcome = OutcomeMeasure.objects.select_for_update().get(pk=outcome.pk)
    rules.mark_error.check(by, outcome, reason=reason)
    outcome.entered_in_error, outcome.error_reason = True, reason
    outcome.save(update_fields=["entered_in_error", "error_reason"])
    return outcome


def change_of(outcome: OutcomeMeasure) -> str | None:
    """Say by how many percent a score moved against the first one; nothing where there is none, or it was zero."""
    return rules.changes_of([outcome]).get(outcome.pk)
