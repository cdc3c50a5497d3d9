"""What a signed session asks of the plan: does it move to its longer interval, and does it help at all?"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from patients.actions import tasks
from patients.models import Task, TaskKind
from treatments.models import PlanState, PlanStateChange, TreatmentPlan, TreatmentSession
from treatments.rules import reviews


@audited("plan.followed")
def after_session(session: TreatmentSession, *, by: User, at: datetime) -> TreatmentPlan:
    """Ask for the phase decision that a signed session makes due, and for a review where nothing has changed yet."""
    plan = (
        TreatmentPlan.objects.select_for_update(of=("self",))
        .select_related("protocol", "clinic")
        .get(pk=session.plan_id)
    )
    done = session.planned_session.ordinal
    if reviews.phase_is_due(plan, after=done):
        sentence = _("Session %(n)s is signed: does the plan move to its longer interval?") % {"n": done}
        _ask(plan, TaskKind.PHASE_DECISION, phase_key(plan, done), sentence, "treatments:plan_phase", by=by, at=at)
    if reviews.review_is_due(plan):
        reason = _("Session %(n)s is signed and no response is on record.") % {"n": done}
        _change(plan, PlanState.REVIEW_DUE, reason, by=by, at=at)
        sentence = _("Review the plan: %(reason)s") % {"reason": reason}
        _ask(plan, TaskKind.FOLLOW_UP, review_key(plan), sentence, "treatments:plan_detail", by=by, at=at)
    return plan


@audited("plan.response_heard")
def heard(plan: TreatmentPlan, *, by: User, at: datetime) -> TreatmentPlan:
    """Take the question back whether a plan helps, once a response to it is on record."""
    if plan.state != PlanState.REVIEW_DUE or not reviews.has_responded(plan):
        return plan
    plan = TreatmentPlan.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=plan.pk)
    if plan.state == PlanState.REVIEW_DUE:
        _change(plan, PlanState.ACTIVE, _("A response is on record."), by=by, at=at)
        answered(plan, key=review_key(plan), outcome=plan.state_reason, by=by, at=at)
    return plan


def _change(plan: TreatmentPlan, state: str, reason: str, *, by: User, at: datetime) -> None:
    plan.state, plan.state_reason = state, reason
    plan.save(update_fields=["state", "state_reason"])
    PlanStateChange.objects.create(clinic=plan.clinic, plan=plan, state=state, reason=reason, at=at, by=by)


def phase_key(plan: TreatmentPlan, ordinal: int) -> str:
    """What names the question about the interval after one session."""
    return f"plan:{plan.pk}:phase:{ordinal}"


def review_key(plan: TreatmentPlan) -> str:
    """What names the question whether the plan helps."""
    return f"plan:{plan.pk}:review"


def _ask(plan: TreatmentPlan, kind: str, key: str, text: str, page: str, *, by: User, at: datetime) -> Task:
    return tasks.add(
        plan.clinic,
        kind=kind,
        text=text,
        patient=plan.patient,
        due_at=at,
        person=plan.practitioner.membership,
        url=reverse(page, args=[plan.pk]),
        reason_key=key,
        by=by,
        at=at,
    )


@audited("plan.question_answered")
def answered(plan: TreatmentPlan, *, key: str, outcome: str, by: User, at: datetime) -> TreatmentPlan:
    """Tick the tasks that asked, once somebody has answered on the plan itself; the end of a plan answers them all."""
    asked = Task.objects.filter(clinic=plan.clinic_id, patient=plan.patient_id, done_at__isnull=True)
    for task in asked.filter(reason_key__startswith=key):
        tasks.done(task, outcome=outcome, by=by, at=at)
    return plan
