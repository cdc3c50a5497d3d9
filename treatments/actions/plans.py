"""Plans: made whole from a protocol's version, and stopped, resumed or ended with a reason."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import counters
from accounts.models import Location, Membership, Practitioner, User
from audit.actions import audited
from common.refused import Refused
from formulations.models import FormulationVersion, Ingredient
from patients.actions import care_teams
from patients.models import CareTeamReason, Patient
from scheduling.actions import courses
from scheduling.availability import open_days
from scheduling.models import AppointmentKind
from treatments import dates
from treatments.actions import endings, reviews
from treatments.models import (
    PhaseDecision,
    PlanIngredient,
    PlannedSession,
    PlanState,
    PlanStateChange,
    Protocol,
    TreatmentPlan,
    Waiver,
)
from treatments.rules import plans as rules
from treatments.rules import schedules


@audited("plan.started")
def start(
    patient: Patient,
    *,
    protocol: Protocol,
    start_on: date,
    practitioner: Practitioner,
    location: Location | None = None,
    sessions: int | None = None,
    version: FormulationVersion | None = None,
    ingredients: Sequence[Ingredient] | None = None,
    price_per_session: Decimal | None = None,
    kind: AppointmentKind | None = None,
    language: str = "",
    aim: str = "",
    team: Iterable[Membership] = (),
    overrides: Iterable[Any] = (),
    by: User,
    at: datetime,
) -> TreatmentPlan:
    """Agree a plan: all its sessions at once, their intervals told to booking, what it will inject named."""
    clinic = patient.clinic
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    location = location or schedules.usual_place(clinic)
    substances = schedules.substances_of(protocol, version=version, ingredients=ingredients)
    count = schedules.session_count(protocol, sessions)
    findings = rules.suitability(patient, protocol=protocol, slugs=[row.slug for row in substances], at=at)
    against = rules.start_plan.reasons_against(by, patient, protocol=protocol, practitioner=practitioner, on=start_on)
    said = rules.decided(by, patient, findings, overrides, against=against)
    dates.check_start(start_on, open_days(location, since=start_on))
    course = courses.start(
        patient,
        label=protocol.name,
        page_url="",
        start_on=start_on,
        visits=_visits(protocol, count, kind or schedules.usual_kind(clinic)),
        practitioner=practitioner,
        location=location,
        by=by,
        at=at,
    )
    plan = TreatmentPlan.objects.create(
        clinic=clinic,
        number=counters.number(clinic, "C", "plan"),
        patient=patient,
        protocol=protocol,
        course=course,
        practitioner=practitioner,
        location=location,
        version=version,
        start_on=start_on,
        price_per_session=price_per_session,
        currency=clinic.currency,
        language=language or patient.language or clinic.language,
        aim=aim,
        created_at=at,
        created_by=by,
    )
    _fill(plan, substances)
    Waiver.objects.bulk_create(
        Waiver(clinic=clinic, plan=plan, code=each.code, message=each.message[:500], reason=reason, at=at, by=by)
        for each, reason in said
    )
    courses.link(course, page_url=page_of(plan), by=by, at=at)
    care_teams.join(patient, practitioner, reason=CareTeamReason.PLAN, by=by, at=at)
    for colleague in team:
        care_teams.name(patient, colleague, by=by, at=at)
    return plan


def page_of(plan: TreatmentPlan) -> str:
    """Give the address of a plan's page, for the facts that lower floors keep."""
    return reverse("treatments:plan_detail", args=[plan.pk])


def _visits(protocol: Protocol, count: int, kind: AppointmentKind) -> list[courses.Visit]:
    return [
        courses.Visit(each.ordinal, kind, each.min_days, each.max_days, each.label_bound)
        for each in schedules.intervals_of(protocol, count)
    ]


def _fill(plan: TreatmentPlan, substances: Iterable[Ingredient]) -> None:
    phases = dates.parse_phases(plan.protocol.phases)
    PlannedSession.objects.bulk_create(
        PlannedSession(
            clinic=plan.clinic,
            plan=plan,
            ordinal=visit.ordinal,
            phase=dates.phase_number(phases, visit.ordinal),
            visit=visit,
        )
        for visit in plan.course.visits.order_by("ordinal")
    )
    PlanIngredient.objects.bulk_create(
        PlanIngredient(clinic=plan.clinic, plan=plan, ingredient=ingredient, ordinal=place)
        for place, ingredient in enumerate(substances, start=1)
    )


BY_HAND = "plan_paused"  # a pause that somebody decided; every other code is lifted where its reason stands


def _locked(plan: TreatmentPlan) -> TreatmentPlan:
    Patient.objects.select_for_update().get(pk=plan.patient_id)
    type(plan.course).objects.select_for_update().get(pk=plan.course_id)
    return TreatmentPlan.objects.select_for_update().select_related("course", "patient", "clinic").get(pk=plan.pk)


def _move(plan: TreatmentPlan, state: str, *, code: str = "", reason: str, by: User, at: datetime) -> TreatmentPlan:
    rules.change_plan.check(by, plan, to=state, reason=reason)
    plan.state, plan.state_reason = state, reason
    if state in (PlanState.COMPLETED, PlanState.DISCONTINUED):
        plan.ended_at, plan.ended_by = at, by
    plan.save(update_fields=["state", "state_reason", "ended_at", "ended_by"])
    PlanStateChange.objects.create(clinic=plan.clinic, plan=plan, state=state, code=code, reason=reason, at=at, by=by)
    if plan.ended_at:
        reviews.answered(plan, key=f"plan:{plan.pk}:", outcome=str(PlanState(state).label), by=by, at=at)
    return plan


def _note_hold(plan: TreatmentPlan, *, code: str, reason: str, by: User, at: datetime) -> TreatmentPlan:
    """Remember one more reason for which a paused plan waits."""
    rules.hold_plan.check(by, plan, reason=reason)
    PlanStateChange.objects.create(
        clinic=plan.clinic, plan=plan, state=plan.state, code=code, reason=reason, at=at, by=by
    )
    return plan


@audited("plan.paused")
def pause(
    plan: TreatmentPlan, *, reason: str, code: str = BY_HAND, url: str = "", by: User, at: datetime
) -> TreatmentPlan:
    """Stop a plan for now; every door of booking repeats the reason, of two the harder one."""
    plan = _locked(plan)
    harder = plan.course.blocked_code not in ("", BY_HAND)
    if plan.state != PlanState.PAUSED:
        plan = _move(plan, PlanState.PAUSED, code=code, reason=reason, by=by, at=at)
    elif code != plan.course.blocked_code:
        plan = _note_hold(plan, code=code, reason=reason, by=by, at=at)
    if not (harder and code == BY_HAND):
        _say_why(plan, code=code, reason=reason, url=url, by=by, at=at)
    return plan


def _say_why(plan: TreatmentPlan, *, code: str, reason: str, url: str = "", by: User, at: datetime) -> None:
    plan.state_reason = reason
    plan.save(update_fields=["state_reason"])
    courses.block(plan.course, code=code, sentence=reason, url=url or page_of(plan), by=by, at=at)


@audited("plan.hold_lifted")
def lift_hold(plan: TreatmentPlan, *, reason: str, by: User, at: datetime) -> TreatmentPlan:
    """End the harder hold of a plan: it goes on, unless a person paused it as well."""
    plan = _locked(plan)
    by_hand = plan.state_changes.holding(BY_HAND)
    if by_hand is None:
        return resume(plan, reason=reason, by=by, at=at)
    _say_why(plan, code=BY_HAND, reason=by_hand.reason, by=by, at=at)
    return plan


@audited("plan.resumed")
def resume(plan: TreatmentPlan, *, reason: str, code: str = "", by: User, at: datetime) -> TreatmentPlan:
    """Let a paused plan go on; who names the pause that they lift cannot lift another one with it."""
    plan = _locked(plan)
    if code:
        rules.lift_pause.check(by, plan, code=code)
    plan = _move(plan, PlanState.ACTIVE, reason=reason, by=by, at=at)
    courses.unblock(plan.course, by=by, at=at)
    return plan


@audited("plan.discontinued")
def discontinue(
    plan: TreatmentPlan, *, reason: str, cancel_visits: bool = False, by: User, at: datetime
) -> TreatmentPlan:
    """End a plan before its last session; what is booked of it is cancelled with it, if that was said."""
    plan = _move(_locked(plan), PlanState.DISCONTINUED, reason=reason, by=by, at=at)
    return _close(plan, reason=reason, cancel_visits=cancel_visits, by=by, at=at)


@audited("plan.completed")
def complete(
    plan: TreatmentPlan, *, reason: str = "", cancel_visits: bool = False, by: User, at: datetime
) -> TreatmentPlan:
    """End a plan whose sessions were given; those that were not needed are left out."""
    plan = _move(_locked(plan), PlanState.COMPLETED, reason=reason, by=by, at=at)
    return _close(plan, reason=reason, cancel_visits=cancel_visits, by=by, at=at)


def _close(plan: TreatmentPlan, *, reason: str, cancel_visits: bool, by: User, at: datetime) -> TreatmentPlan:
    endings.leave_the_rest_out(plan, reason=reason, cancel_visits=cancel_visits, by=by, at=at)
    courses.end(plan.course, by=by, at=at)
    return plan


@audited("plan.reviewed")
def review(plan: TreatmentPlan, *, reason: str, by: User, at: datetime) -> TreatmentPlan:
    """Say, after a look at the patient, why a plan without response goes on."""
    plan = _locked(plan)
    rules.review_plan.check(by, plan, reason=reason)
    plan = _move(plan, PlanState.ACTIVE, reason=reason, by=by, at=at)
    return reviews.answered(plan, key=reviews.review_key(plan), outcome=reason, by=by, at=at)


@audited("plan.reassessed")
def reassess(plan: TreatmentPlan, *, reason: str, by: User, at: datetime) -> TreatmentPlan:
    """Record that a practitioner looked at the patient again after a long gap, so that the next visit may be booked."""
    plan = _locked(plan)
    upcoming = plan.planned_sessions.open().order_by("ordinal").select_related("visit").first()
    if upcoming is None:
        raise Refused("wrong_state", _("No session of this plan is left."))
    courses.reassess(upcoming.visit, reason=reason, by=by, at=at)
    return plan


@audited("plan.phase_decided")
def decide_phase(
    plan: TreatmentPlan,
    *,
    advance: bool,
    reason: str,
    improved: bool | None = None,
    measure: str = "",
    by: User,
    at: datetime,
) -> PhaseDecision:
    """Decide whether the plan moves on to its longer interval; without it the next session keeps the shorter one."""
    plan = _locked(plan)
    done = plan.planned_sessions.filter(visit__done_on__isnull=False).order_by("-ordinal").first()
    rules.decide_phase.check(by, plan, done=done)
    if done is None:
        raise Refused("wrong_state", _("No session of this plan has been given yet."))
    phases = dates.parse_phases(plan.protocol.phases)
    decision = PhaseDecision.objects.create(
        clinic=plan.clinic,
        plan=plan,
        after_ordinal=done.ordinal,
        advance=advance,
        improved=improved,
        measure=measure,
        reason=reason,
        at=at,
        by=by,
    )
    decisions = dict(plan.phase_decisions.order_by("pk").values_list("after_ordinal", "advance"))
    hard = plan.protocol.hard_min_days or 0
    for planned in plan.planned_sessions.open().filter(ordinal__gt=done.ordinal).select_related("visit"):
        phase = dates.interval(phases, planned.ordinal, decisions)
        if (planned.visit.min_days, planned.visit.max_days) != (max(phase.min_days, hard), phase.max_days):
            courses.set_interval(
                planned.visit, min_days=max(phase.min_days, hard), max_days=phase.max_days, by=by, at=at
            )
    reviews.answered(plan, key=reviews.phase_key(plan, done.ordinal), outcome=reason, by=by, at=at)
    reviews.heard(plan, by=by, at=at)
    return decision
