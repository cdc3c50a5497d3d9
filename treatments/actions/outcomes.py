"""Outcome measures: the raw answers are kept, the score is computed here, an incomplete one has none."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refusal, Refused
from patients.models import Patient
from treatments import scores
from treatments.models import OutcomeMeasure, Rater, TreatmentPlan, TreatmentSession, Zone


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
    plan = plan or (session.plan if session else None)
    return OutcomeMeasure.objects.create(
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


def baseline_of(outcome: OutcomeMeasure) -> OutcomeMeasure | None:
    """Find the first complete score of the same measure, place and rater in the same plan."""
    same = OutcomeMeasure.objects.of(outcome.measure).filter(
        patient=outcome.patient_id,
        plan=outcome.plan_id,
        zone=outcome.zone_id,
        side=outcome.side,
        rater=outcome.rater,
        complete=True,
    )
    first = same.first()
    return first if first and first.pk != outcome.pk else None


def change_of(outcome: OutcomeMeasure) -> str | None:
    """Say by how many percent a score moved against the first one; nothing where there is none, or it was zero."""
    if scores.MEASURES[outcome.measure].better == scores.Better.STAGE or not outcome.complete:
        return None
    first = baseline_of(outcome)
    if first is None:
        return None
    before = scores.score(first.measure, first.items).value
    after = scores.score(outcome.measure, outcome.items).value
    return scores.shown_percent(scores.change_percent(before, after)) or None
