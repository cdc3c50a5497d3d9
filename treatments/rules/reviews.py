"""What a plan's own record says of itself: has it helped yet, is a decision due, was there a consultation?"""

from treatments import dates, scores
from treatments.models import OutcomeMeasure, PlanState, TreatmentPlan
from treatments.rules.outcomes import series_of

REVIEW_AFTER = 3
CONSULTED = ("done", "left")


def given(plan: TreatmentPlan) -> int:
    """How many sessions of a plan were given and signed."""
    return plan.sessions.filter(state="signed").count()


def phase_is_due(plan: TreatmentPlan, *, after: int) -> bool:
    """Whether somebody must say, after this session, if the plan moves on to its longer interval."""
    decided = dict(plan.phase_decisions.order_by("pk").values_list("after_ordinal", "advance"))
    phases = dates.parse_phases(plan.protocol.phases)
    return after not in decided and dates.decision_due(phases, after, plan.planned_sessions.count(), decided)


def review_is_due(plan: TreatmentPlan) -> bool:
    """Whether three sessions are signed, no response is on record, and nobody has reviewed the plan yet."""
    return (
        plan.state == PlanState.ACTIVE
        and given(plan) >= REVIEW_AFTER
        and plan.planned_sessions.open().exists()
        and not plan.state_changes.filter(state=PlanState.REVIEW_DUE).exists()
        and not has_responded(plan)
    )


def has_responded(plan: TreatmentPlan) -> bool:
    """Whether a phase decision says "improved", a GAIS is 3 or better, or any score is better than its first one."""
    if plan.phase_decisions.filter(improved=True).exists():
        return True
    firsts: dict[object, OutcomeMeasure] = {}
    for each in plan.outcomes.standing().filter(complete=True, score__isnull=False).order_by("rated_on", "id"):
        first = firsts.setdefault(series_of(each), each)
        if _is_better(first, each):
            return True
    return False


def _is_better(first: OutcomeMeasure, outcome: OutcomeMeasure) -> bool:
    if outcome.score is None or first.score is None:
        return False
    if outcome.measure == "gais":
        return scores.gais_responder(int(outcome.score))
    down = scores.MEASURES[outcome.measure].better != scores.Better.HIGHER
    return outcome.score < first.score if down else outcome.score > first.score


def lacks_consultation(plan: TreatmentPlan) -> bool:
    """Whether the clinic holds consultations and this patient had none that was closed before the first session."""
    if not plan.clinic.appointment_kinds.active().filter(is_consultation=True).exists():
        return False
    return not plan.patient.appointments.filter(kind__is_consultation=True, status__in=CONSULTED).exists()
