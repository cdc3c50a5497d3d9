"""Sessions: opened, screened, recorded zone by zone, ended, signed once, then only amended."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Practitioner, User
from audit.actions import audited, note_fields
from common.dates import local_day
from common.refused import Refused
from formulations.actions import packs, preparations
from formulations.models import Preparation
from formulations.rules.mix import drawn_as_asked
from formulations.rules.preparations import Decision
from patients.actions import care_teams, weights
from patients.models import CareTeamReason, Patient
from scheduling.actions import courses
from scheduling.models import LIVE, Appointment, Course, CourseVisit
from treatments.actions import aftercare, deviations, findings, reactions, reviews
from treatments.models import (
    FindingStage,
    PlannedSession,
    Screening,
    SessionPreparation,
    SessionState,
    TreatmentPlan,
    TreatmentSession,
)
from treatments.rules import gates, mix, orders
from treatments.rules import sessions as rules


@audited("session.opened")
def open_session(
    planned: PlannedSession,
    *,
    practitioner: Practitioner | None = None,
    appointment: Appointment | None = None,
    overrides: Iterable[Any] = (),
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Begin to record one of a plan's sessions; a word on an early day that is given now is not asked for again.

    The first session without a closed consultation is opened for a reason only.
    """
    plan = planned.plan
    Patient.objects.select_for_update().get(pk=plan.patient_id)
    Course.objects.select_for_update().get(pk=plan.course_id)
    TreatmentPlan.objects.select_for_update().get(pk=plan.pk)
    planned = (
        PlannedSession.objects.with_visit()
        .select_related("plan__clinic", "plan__patient", "plan__location", "plan__protocol", "plan__practitioner")
        .get(pk=planned.pk)
    )
    plan, visit = planned.plan, planned.visit
    booked = visit.appointment if visit.appointment and visit.appointment.status in LIVE else None
    appointment = appointment or booked
    treats = practitioner or rules.treats(planned, appointment)
    treats = Practitioner.objects.with_person().get(pk=treats.pk)
    rules.open_session.check(by, planned, practitioner=treats, appointment=appointment, at=at)
    overrides = [Decision.of(each) for each in overrides]
    found = gates.before_opening(planned, at=at)
    unsaid = gates.against_opening(planned, rules.membership(by, plan.clinic_id), found, overrides)
    if unsaid:
        raise Refused.of(unsaid)
    session = TreatmentSession.objects.create(
        clinic=plan.clinic,
        plan=plan,
        planned_session=planned,
        appointment=appointment,
        patient=plan.patient,
        practitioner=treats,
        location=plan.location,
        started_at=at,
        started_by=by,
    )
    care_teams.join(plan.patient, treats, reason=CareTeamReason.SESSION, by=by, at=at)
    findings.record(session, found, stage=FindingStage.OPENING, overrides=overrides, by=by, at=at)
    return session


def locked(session: TreatmentSession) -> TreatmentSession:
    """Take the locks of a session in the house's order: course, then session."""
    Course.objects.select_for_update().get(plan=session.plan_id)
    return (
        TreatmentSession.objects.select_for_update(of=("self",))
        .select_related("plan__protocol", "plan__course", "planned_session__visit", "patient", "location", "clinic")
        .select_related("practitioner__membership")
        .get(pk=session.pk)
    )


def _touch(session: TreatmentSession, *fields: str) -> None:
    session.revision += 1
    session.save(update_fields=[*fields, "revision"])
    note_fields(fields)


@audited("session.screened")
def screen(
    session: TreatmentSession,
    *,
    answers: Mapping[str, str],
    weight_kg: Decimal | None = None,
    overrides: Iterable[Any] = (),
    revision: int | None = None,
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Write down the answers to what is asked at every session; five questions always have an answer of their own."""
    session = locked(session)
    rules.write_session.check(by, session, revision=revision, at=at)
    rules.answers.check(answers)
    weight = None
    if weight_kg is not None:
        day = local_day(at, session.location.time_zone)
        weight = weights.record(session.patient, weight_kg=weight_kg, measured_on=day, by=by, at=at)
    Screening.objects.update_or_create(
        clinic=session.clinic,
        session=session,
        defaults={"answers": dict(answers), "weight": weight, "answered_at": at, "answered_by": by},
    )
    _touch(session)
    session = locked(session)
    found = gates.screening_findings(session, at=at)
    findings.record(session, found, stage=FindingStage.SCREENING, overrides=overrides, by=by, at=at)
    return session


@audited("session.mixed")
def prepare(
    session: TreatmentSession,
    *,
    components: Iterable[dict[str, Any]],
    formulation_version: Any = None,
    injected_ml: Decimal | None = None,
    overrides: Iterable[Any] = (),
    standard: str = "immediate",
    by: User,
    at: datetime,
) -> Preparation:
    """Draw a mix for a session: the gate before the needle stands here, and refuses with everything at once.

    `injected_ml` is how much of it is meant to be injected, where that is not all.
    """
    session = locked(session)
    rules.write_session.check(by, session, at=at)
    rules.record_injection.check(by, session)
    wanted = list(components)
    asked = drawn_as_asked(wanted)
    found = mix.session_findings(
        session,
        components=asked,
        version=formulation_version,
        injected_ml=injected_ml,
        people=[by],
        preparation_standard=standard,
        at=at,
    )
    order = orders.order_for(session, asked, by=by, ml=injected_ml, at=at)
    try:
        preparation = preparations.prepare(
            session.patient,
            components=wanted,
            practitioner=session.practitioner,
            location=session.location,
            formulation_version=formulation_version,
            planned_ml=injected_ml,
            findings=found.findings,
            overrides=[*overrides, *gates.said_before(session)],
            standard=standard,
            by=by,
            at=at,
        )
    except Refused as refused:
        raise Refused.of(gates.linked(each, session, asked) for each in refused.reasons) from refused
    SessionPreparation.objects.create(clinic=session.clinic, session=session, preparation=preparation, order=order)
    _touch(session)
    return preparation


@audited("session.timed_out")
def time_out(session: TreatmentSession, *, overrides: Iterable[Any] = (), by: User, at: datetime) -> TreatmentSession:
    """Stop before the needle: patient, zones, mix, allergies and lot are read aloud, and the gate is asked again."""
    session = locked(session)
    rules.write_session.check(by, session, at=at)
    rules.record_injection.check(by, session)
    found = gates.before_the_needle(session, by=by, at=at)
    decisions = [*(Decision.of(each) for each in overrides), *gates.said_before(session)]
    refusals = gates.against(session, rules.membership(by, session.clinic_id), found, decisions)
    if refusals:
        raise Refused.of(refusals)
    findings.record(session, found, stage=FindingStage.TIME_OUT, overrides=decisions, by=by, at=at)
    session.time_out_at, session.time_out_by = at, by
    _touch(session, "time_out_at", "time_out_by")
    return session


EDITABLE = ("anaesthetic", "antiseptic", "injection_started_at", "injection_ended_at", "note")


@audited("session.edited")
def edit(
    session: TreatmentSession, *, revision: int | None = None, by: User, at: datetime, **changes: Any
) -> TreatmentSession:
    """Change what the session says beside its zones; the end of the injection counts for the plan and the aftercare."""
    session = locked(session)
    rules.write_session.check(by, session, revision=revision, at=at)
    reaction, ended_at = changes.pop("reaction", None), changes.pop("ended_at", None)
    fields = [name for name in EDITABLE if name in changes]
    for name in fields:
        setattr(session, name, changes[name])
    rules.moments.check(session, at=at)
    if "injection_started_at" in fields and session.injection_started_at and session.injected_by is None:
        session.injected_by = by
        fields.append("injected_by")
        deviations.note(session, by=by, at=at)
    if fields or reaction is not None:
        _touch(session, *fields)
    if reaction is not None:
        reactions.record(session, by=by, at=at, **reaction)
    if "injection_ended_at" in fields and session.injection_ended_at:
        _injection_ended(session, by=by, at=at)
    if ended_at is not None:
        end(session, ended_at=ended_at, by=by, at=at)
    return locked(session)


def _injection_ended(session: TreatmentSession, *, by: User, at: datetime) -> None:
    """The plan counts from the day on which it really happened, and the patient gets the sheet for the days after."""
    visit = CourseVisit.objects.get(pk=session.planned_session.visit_id)
    day = local_day(session.injection_ended_at or at, session.location.time_zone)
    if visit.done_on != day:
        courses.mark_done(visit, on=day, by=by, at=at)
    aftercare.issue(session, by=by, at=at)


@audited("session.ended")
def end(session: TreatmentSession, *, ended_at: datetime | None = None, by: User, at: datetime) -> TreatmentSession:
    """End the observation: the patient may leave, and the session waits for its signature."""
    session = locked(session)
    moment = ended_at or at
    rules.write_session.check(by, session, at=at)
    rules.end_session.check(by, session, ended_at=moment, at=at)
    session.state, session.ended_at, session.ended_by = SessionState.ENDED, moment, by
    _touch(session, "state", "ended_at", "ended_by")
    packs.end_session(session.patient, since=session.started_at, by=by, at=at)
    aftercare.issue(session, by=by, at=at)
    return session


@audited("session.signed_off")
def sign_off(
    session: TreatmentSession, *, wasted: Iterable[Mapping[str, Any]] = (), by: User, at: datetime
) -> TreatmentSession:
    """Close a session for good: from now on it is read and amended, never edited."""
    session = locked(session)
    rules.sign_session.check(by, session)
    aftercare.issue(session, by=by, at=at)
    found = gates.at_the_signature(session, at=at)
    findings.record(session, found, stage=FindingStage.SIGN_OFF, by=by, at=at)
    deviations.compare_with_order(session, by=by, at=at)
    _account_for_mixes(session, wasted, by=by, at=at)
    session.state, session.signed_by, session.signed_at = SessionState.SIGNED, by, at
    session.revision += 1
    session.save(update_fields=["state", "signed_by", "signed_at", "revision"])
    note_fields(["state"])
    reviews.after_session(session, by=by, at=at)
    return session


def _account_for_mixes(
    session: TreatmentSession, wasted: Iterable[Mapping[str, Any]], *, by: User, at: datetime
) -> None:
    """Drawn is injected plus wasted, for every mix; what nobody injected is waste with its reason."""
    told = {int(each["preparation"]): each for each in wasted}
    tray = gates.on_the_tray(session)
    foreign = set(told) - {preparation.pk for preparation in tray}
    if foreign:
        raise Refused("invalid", _("Mix %(number)s does not belong to this session.") % {"number": min(foreign)})
    for preparation in tray:
        said = told.get(preparation.pk, {})
        preparations.reconcile(
            preparation,
            injected_ml=session.injected_ml_of(preparation),
            wasted_ml=said.get("ml"),
            reason=said.get("reason") or "",
            by=by,
            at=at,
        )


@audited("session.abandoned")
def abandon(session: TreatmentSession, *, reason: str, by: User, at: datetime) -> TreatmentSession:
    """Give a session up in which nothing was injected; it stays on record with its reason."""
    session = locked(session)
    rules.write_session.check(by, session, at=at)
    rules.abandon_session.check(by, session, reason=reason)
    for preparation in gates.on_the_tray(session):
        preparations.discard(preparation, reason=reason, by=by, at=at)
    session.state, session.abandoned_at, session.abandoned_by = SessionState.ABANDONED, at, by
    session.abandon_reason = reason
    session.save(update_fields=["state", "abandoned_at", "abandoned_by", "abandon_reason"])
    return session
