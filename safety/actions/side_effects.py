"""Side effects: reported with their suspects, followed, closed; what is red holds the plan back meanwhile."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.refused import Refused
from formulations.models import Effect
from patients.actions import tasks
from patients.models import Patient, TaskKind
from safety.models import ActionTaken, CaseOutcome, CaseState, CaseStep, Reporter, SideEffectCase, Suspect
from safety.rules import side_effects as rules
from safety.rules import suspects
from treatments.actions import plans
from treatments.models import PLAN_LIVE, PlanState, TreatmentPlan, TreatmentSession, Zone

BLOCKED = "open_side_effect"


@audited("side_effect.reported")
def report(
    patient: Patient,
    *,
    effect: Effect | str,
    onset_at: datetime,
    grade: int,
    session: TreatmentSession | None = None,
    zone: Zone | None = None,
    side: str = "",
    serious: Iterable[str] = (),
    narrative: str = "",
    treatment: str = "",
    reporter: str = Reporter.STAFF,
    told: Mapping[str, Any] | None = None,
    by: User,
    at: datetime,
) -> SideEffectCase:
    """Record a side effect, propose the lots that may have caused it, and hold the plan back if it is red."""
    patient = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    effect, serious = known_effect(patient.clinic, effect), list(dict.fromkeys(serious))
    rules.report.check(
        by,
        patient,
        session=session,
        zone=zone,
        side=side,
        onset_at=onset_at,
        grade=grade,
        serious=serious,
        reporter=reporter,
        at=at,
    )
    before = suspects.sessions_before(patient, onset_at)
    plan = session.plan if session else next((row.plan for row in before), None) or _live_plan(patient)
    expected, basis = rules.expectedness(plan, effect, grade)
    late_lump = rules.is_late_lump(effect, [session] if session else before, onset_at)
    red = rules.is_red(effect, grade=grade, serious=serious, late_lump=late_lump)
    case = SideEffectCase.objects.create(
        clinic=patient.clinic,
        patient=patient,
        session=session,
        plan=plan,
        effect=effect,
        zone=zone,
        side=side,
        onset_at=onset_at,
        grade=grade,
        serious=serious,
        expected=expected,
        expected_basis=basis,
        is_red=red,
        pauses_plan=red,
        reporter=reporter,
        told=dict(told or {}),
        narrative=narrative,
        treatment=treatment,
        reported_at=at,
        reported_by=by,
    )
    CaseStep.objects.create(clinic=case.clinic, case=case, state=case.state, note=narrative, at=at, by=by)
    _propose(case)
    pause(case, by=by, at=at)
    call(case, by=by, at=at)
    return case


def known_effect(clinic: Any, effect: Effect | str) -> Effect:
    """Find an effect in the clinic's catalogue."""
    if isinstance(effect, Effect):
        return effect
    found = clinic.effects.current().filter(slug=effect).first()
    if found is None:
        raise Refused("invalid", _("“%(effect)s” is not in the list of side effects.") % {"effect": effect})
    return found


def page_of(case: SideEffectCase) -> str:
    """Give the address of a case's page, for the facts that lower floors keep."""
    return reverse("safety:side_effect_detail", args=[case.pk])


def _live_plan(patient: Patient) -> TreatmentPlan | None:
    return patient.plans.live().order_by("-start_on", "-pk").first()


def _propose(case: SideEffectCase) -> None:
    Suspect.objects.bulk_create(
        Suspect(
            clinic=case.clinic,
            case=case,
            lot=each.lot,
            session=each.session,
            latency_hours=each.latency_hours,
            in_window=each.in_window,
            pre_ticked=each.in_window,
            ticked=each.in_window,
        )
        for each in suspects.proposals(case.patient, case.effect, case.onset_at)
    )


def pause(case: SideEffectCase, *, by: User, at: datetime) -> None:
    """Hold the plan back while the case is open."""
    if case.pauses_plan and case.plan is not None and case.plan.state in PLAN_LIVE:
        sentence = _("A side effect is open: %(effect)s, grade %(grade)s.")
        reason = sentence % {"effect": case.effect.name, "grade": case.grade}
        plans.pause(case.plan, reason=reason, code=BLOCKED, url=page_of(case), by=by, at=at)


def call(case: SideEffectCase, *, by: User, at: datetime) -> None:
    """Put the case before whoever treats; what is serious comes before the medical director as well."""
    treats = case.session.practitioner if case.session else case.plan.practitioner if case.plan else None
    director = case.clinic.memberships.active().filter(is_medical_director=True).order_by("pk").first()
    people = {treats.membership if treats else director}
    if case.serious:
        people.add(director)
    for person in people:
        tasks.add(
            case.clinic,
            kind=TaskKind.SIDE_EFFECT,
            text=_("Side effect to look at: %(effect)s, grade %(grade)s.")
            % {"effect": case.effect.name, "grade": case.grade},
            patient=case.patient,
            due_at=at,
            person=person,
            url=page_of(case),
            is_red=case.is_red,
            reason_key=f"side_effect:{case.pk}:{person.pk if person else ''}",
            by=by,
            at=at,
        )


def locked(case: SideEffectCase) -> SideEffectCase:
    """Take a case to change it: the patient first, as everywhere."""
    Patient.objects.select_for_update().get(pk=case.patient_id)
    rows = SideEffectCase.objects.select_for_update(of=("self",))
    return rows.select_related("plan__course", "patient", "clinic", "effect").get(pk=case.pk)


@audited("side_effect.moved")
def move(case: SideEffectCase, *, state: str, note: str = "", by: User, at: datetime) -> SideEffectCase:
    """Take a case a step on: being looked at, waiting, treated; or open a closed one again."""
    case = locked(case)
    if state == CaseState.CLOSED:
        raise Refused("invalid", _("A case is closed with its outcome."))
    rules.move.check(by, case, to=state)
    case.state, case.closed_at, case.closed_by = state, None, None
    case.save(update_fields=["state", "closed_at", "closed_by"])
    note_fields(["state"])
    CaseStep.objects.create(clinic=case.clinic, case=case, state=state, note=note, at=at, by=by)
    if case.lifted_at is None:
        pause(case, by=by, at=at)
    return case


@audited("side_effect.closed")
def close(
    case: SideEffectCase,
    *,
    outcome: str,
    note: str = "",
    treatment: str | None = None,
    action_taken: str = ActionTaken.NONE,
    resolved_on: date | None = None,
    by: User,
    at: datetime,
) -> SideEffectCase:
    """Close a case with its outcome; a plan that only this case held back goes on."""
    case = locked(case)
    rules.move.check(by, case, to=CaseState.CLOSED, outcome=outcome)
    case.state, case.closed_at, case.closed_by = CaseState.CLOSED, at, by
    case.outcome, case.action_taken, case.resolved_on = outcome, action_taken, resolved_on
    case.treatment = case.treatment if treatment is None else treatment
    case.save()
    note_fields(["state", "outcome"])
    CaseStep.objects.create(clinic=case.clinic, case=case, state=case.state, note=note, at=at, by=by)
    for task in case.clinic.tasks.open().filter(reason_key__startswith=f"side_effect:{case.pk}:"):
        tasks.done(task, outcome=str(CaseOutcome(outcome).label), by=by, at=at)
    reason = _("The side effect is closed: %(outcome)s.") % {"outcome": CaseOutcome(outcome).label.lower()}
    free(case, reason=reason, by=by, at=at)
    return case


@audited("side_effect.lifted")
def lift(case: SideEffectCase, *, reason: str, by: User, at: datetime) -> SideEffectCase:
    """Let a plan go on although its side effect is still open: a practitioner's decision, with a reason."""
    case = locked(case)
    rules.lift.check(by, case, reason=reason)
    case.lifted_at, case.lifted_by, case.lift_reason = at, by, reason[:500]
    case.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    CaseStep.objects.create(clinic=case.clinic, case=case, state=case.state, note=reason, at=at, by=by)
    free(case, reason=reason, by=by, at=at)
    return case


def free(case: SideEffectCase, *, reason: str, by: User, at: datetime, held: bool = False) -> None:
    """Let the plan go on, unless something else holds it: another case, or a person who paused it.

    `held` says that the case did hold it back until a moment ago.
    """
    plan = case.plan
    if plan is None or not (case.pauses_plan or held):
        return
    others = SideEffectCase.objects.pausing().filter(plan=plan).exclude(pk=case.pk).order_by("pk")
    other = others.select_related("effect", "plan__course").first()
    if other is not None:
        pause(other, by=by, at=at)
    elif plan.state == PlanState.PAUSED and plan.course.blocked_code == BLOCKED:
        plans.lift_hold(plan, reason=reason, by=by, at=at)


@audited("suspect.judged")
def tick(suspect: Suspect, *, ticked: bool, note: str = "", by: User, at: datetime) -> Suspect:
    """Keep a lot among the suspects, or clear it, with a word."""
    case = locked(suspect.case)
    rules.judge.check(by, case)
    suspect = Suspect.objects.select_for_update().get(pk=suspect.pk)
    suspect.ticked, suspect.note = ticked, note[:300]
    suspect.save(update_fields=["ticked", "note"])
    return suspect
