"""Sessions: opened, screened, recorded zone by zone, ended, signed once, then only amended."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Practitioner, User
from audit.actions import audited, note_fields
from common.dates import local_day
from common.refused import Refusal, Refused
from formulations.actions import preparations
from formulations.models import Preparation
from formulations.rules.preparations import Decision, undecided
from patients.actions import care_teams, weights
from patients.models import CareTeamReason, Patient
from scheduling.actions import courses
from scheduling.models import Appointment, Course, CourseVisit
from treatments.models import (
    Addendum,
    FindingStage,
    ImmediateReaction,
    PlannedSession,
    ReactionEffect,
    Screening,
    SessionFinding,
    SessionPreparation,
    SessionState,
    TreatmentPlan,
    TreatmentSession,
)
from treatments.rules import mix
from treatments.rules import sessions as rules

ANSWERS = (mix.YES, mix.NO, mix.UNKNOWN)
REACTIONS = ("none", "mild", "severe")


@audited("session.opened")
def open_session(
    planned: PlannedSession,
    *,
    practitioner: Practitioner | None = None,
    appointment: Appointment | None = None,
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Begin to record one of a plan's sessions."""
    plan = planned.plan
    Patient.objects.select_for_update().get(pk=plan.patient_id)
    Course.objects.select_for_update().get(pk=plan.course_id)
    TreatmentPlan.objects.select_for_update().get(pk=plan.pk)
    planned = PlannedSession.objects.select_related("visit__appointment", "plan__course").get(pk=planned.pk)
    appointment = appointment or planned.visit.appointment
    treats = practitioner or (appointment.practitioner if appointment else None) or plan.practitioner
    rules.open_session.check(by, planned, practitioner=treats, at=at)
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
    rules_of_answers(answers)
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
    record_findings(session, screening_findings(session, at=at), FindingStage.SCREENING, overrides, by=by, at=at)
    return session


def rules_of_answers(answers: Mapping[str, str]) -> None:
    """Insist on an explicit answer to each of the five questions; “not known” is one."""
    missing = [key for key in mix.MUST_ASK if not answers.get(key)]
    if missing:
        raise Refused.of(
            Refusal("invalid", _("“%(question)s” has no answer.") % {"question": key.replace("_", " ")})
            for key in missing
        )
    for key in mix.MUST_ASK:
        known = REACTIONS if key == "last_reaction" else ANSWERS
        if answers[key] not in known:
            values = {"question": key.replace("_", " "), "known": ", ".join(known)}
            raise Refused("invalid", _("“%(question)s” is answered with one of: %(known)s.") % values)


def screening_findings(session: TreatmentSession, *, at: datetime) -> list[Any]:
    """Find what today's answers, the chart and the papers say against going on with this plan."""
    day = local_day(at, session.location.time_zone)
    slugs = session.plan.plan_ingredients.order_by("ordinal").values_list("ingredient__slug", flat=True)
    found = mix.mix.findings(
        session.clinic,
        components=[mix.mix.Asked(Decimal(1), ingredient=slug, unit="mg/mL") for slug in slugs],
        patient_facts=mix.patient_facts(session.patient, on=day, answers=session.screening.answers),
        context=mix.context_of(
            session.plan.protocol,
            practitioner=session.practitioner,
            gate=mix.gate_of_session(session, at=at),
            today=day,
        ),
        at=at,
    )
    codes = mix.PLAN_CODES | mix.GATE_CODES
    return [finding for finding in found.findings if finding.code in codes] + answered(session.screening.answers)


def answered(answers: Mapping[str, str]) -> list[Any]:
    """Turn answers that no rule covers into findings: what is not known, a new allergy, a severe last reaction."""
    return list(mix.answer_findings(answers))


def record_findings(
    session: TreatmentSession, findings: Iterable[Any], stage: str, overrides: Iterable[Any], *, by: User, at: datetime
) -> None:
    """Keep what a check said at this stage, with the word of whoever went on all the same."""
    decisions = [Decision.of(each) for each in overrides]
    member = rules.membership(by, session.clinic_id)
    findings = list(findings)
    open_ones = {(refusal.code, refusal.message) for refusal in undecided(member, findings, decisions)}
    SessionFinding.objects.filter(session=session, stage=stage, overridden_at=None).delete()
    kept = set(SessionFinding.objects.filter(session=session, stage=stage).values_list("code", "message"))
    SessionFinding.objects.bulk_create(
        _finding(session, finding, stage, decisions, (finding.code, finding.message) not in open_ones, by, at)
        for finding in findings
        if (finding.code, finding.message) not in kept
    )


def _finding(
    session: TreatmentSession,
    finding: Any,
    stage: str,
    decisions: list[Decision],
    decided: bool,
    by: User,
    at: datetime,
) -> SessionFinding:
    spoken = next((each.reason for each in decisions if each.speaks_of(finding)), "") if decided else ""
    word = spoken if finding.interrupts else ""
    return SessionFinding(
        clinic=session.clinic,
        session=session,
        stage=stage,
        code=finding.code,
        severity=finding.severity.value,
        subjects=list(finding.subjects),
        message=finding.message,
        source=finding.source,
        found_at=at,
        reason=word,
        overridden_at=at if word else None,
        overridden_by=by if word else None,
    )


@audited("session.mixed")
def prepare(
    session: TreatmentSession,
    *,
    components: Iterable[dict[str, Any]],
    formulation_version: Any = None,
    overrides: Iterable[Any] = (),
    standard: str = "immediate",
    by: User,
    at: datetime,
) -> Preparation:
    """Draw a mix for a session: the gate before the needle stands here, and refuses with everything at once."""
    session = locked(session)
    rules.write_session.check(by, session, at=at)
    rules.record_injection.check(by, session)
    wanted = list(components)
    asked = [mix.mix.Asked(each["volume_ml"], lot=each.get("lot"), pack=each.get("pack")) for each in wanted]
    found = mix.session_findings(
        session, components=asked, version=formulation_version, preparation_standard=standard, at=at
    )
    preparation = preparations.prepare(
        session.patient,
        components=wanted,
        practitioner=session.practitioner,
        location=session.location,
        formulation_version=formulation_version,
        findings=found.findings,
        overrides=[*overrides, *said_before(session)],
        standard=standard,
        by=by,
        at=at,
    )
    SessionPreparation.objects.create(clinic=session.clinic, session=session, preparation=preparation)
    _touch(session)
    return preparation


def said_before(session: TreatmentSession) -> list[Decision]:
    """What was decided earlier in this session stands: nobody is asked twice for the same fact."""
    rows = session.findings.exclude(overridden_at=None)
    return [Decision(row.code, row.reason, frozenset(row.subjects)) for row in rows]


@audited("session.timed_out")
def time_out(session: TreatmentSession, *, overrides: Iterable[Any] = (), by: User, at: datetime) -> TreatmentSession:
    """Stop before the needle: patient, zones, mix, allergies and lot are read aloud, and the gate is asked again."""
    session = locked(session)
    rules.write_session.check(by, session, at=at)
    rules.record_injection.check(by, session)
    findings = screening_findings(session, at=at)
    decisions = [*(Decision.of(each) for each in overrides), *said_before(session)]
    refusals = list(undecided(rules.membership(by, session.clinic_id), findings, decisions))
    if refusals:
        raise Refused.of(sorted(refusals, key=lambda refusal: refusal.severity != "block"))
    record_findings(session, findings, FindingStage.TIME_OUT, decisions, by=by, at=at)
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
    _check_moments(session, at=at)
    if "injection_started_at" in fields and session.injection_started_at:
        session.injected_by = session.injected_by or by
        fields.append("injected_by")
    if fields or reaction is not None:
        _touch(session, *fields)
    if "injection_ended_at" in fields and session.injection_ended_at:
        _injection_ended(session, by=by, at=at)
    if reaction is not None:
        react(session, by=by, at=at, **reaction)
    if ended_at is not None:
        end(session, ended_at=ended_at, by=by, at=at)
    return locked(session)


def _check_moments(session: TreatmentSession, *, at: datetime) -> None:
    started, ended = session.injection_started_at, session.injection_ended_at
    if ended and not started:
        raise Refused("invalid", _("Say when the first injection was given, then when the last one was."))
    if started and ended and ended < started:
        raise Refused("invalid", _("The last injection cannot come before the first."))
    if started and started < session.started_at.replace(second=0, microsecond=0):
        raise Refused("invalid", _("The first injection cannot come before the session was opened."))
    if any(moment and moment > at for moment in (started, ended)):
        raise Refused("invalid", _("This moment has not come yet."))


def _injection_ended(session: TreatmentSession, *, by: User, at: datetime) -> None:
    """The plan counts from the day on which it really happened."""
    visit = CourseVisit.objects.get(pk=session.planned_session.visit_id)
    day = local_day(session.injection_ended_at, session.location.time_zone)
    if visit.done_on != day:
        courses.mark_done(visit, on=day, by=by, at=at)


@audited("session.reaction_recorded")
def react(
    session: TreatmentSession,
    *,
    none_observed: bool = False,
    effects: Iterable[Mapping[str, Any]] = (),
    pain: int | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Write down what was seen before the patient left; that nothing was seen is an answer of its own."""
    rules.write_session.check(by, session, at=at)
    seen = list(effects)
    if none_observed == bool(seen):
        raise Refused("invalid", _("Choose “none observed”, or name what was seen with its grade."))
    reaction, _created = ImmediateReaction.objects.update_or_create(
        clinic=session.clinic,
        session=session,
        defaults={
            "none_observed": none_observed,
            "pain": pain,
            "note": note,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    reaction.effects.all().delete()
    known = session.clinic.effects.current().by_slug()
    for each in seen:
        effect = each["effect"] if not isinstance(each["effect"], str) else known.get(each["effect"])
        if effect is None:
            raise Refused("invalid", _("“%(effect)s” is not in the list of side effects.") % {"effect": each["effect"]})
        ReactionEffect.objects.create(
            clinic=session.clinic, reaction=reaction, effect=effect, grade=each["grade"], note=each.get("note", "")
        )
    return session


@audited("session.ended")
def end(session: TreatmentSession, *, ended_at: datetime | None = None, by: User, at: datetime) -> TreatmentSession:
    """End the observation: the patient may leave, and the session waits for its signature."""
    session = locked(session)
    moment = ended_at or at
    if moment > at:
        raise Refused("invalid", _("This moment has not come yet."))
    rules.end_session.check(by, session, at=moment)
    session.state, session.ended_at, session.ended_by = SessionState.ENDED, moment, by
    _touch(session, "state", "ended_at", "ended_by")
    return session


@audited("session.signed_off")
def sign_off(
    session: TreatmentSession, *, wasted: Iterable[Mapping[str, Any]] = (), by: User, at: datetime
) -> TreatmentSession:
    """Close a session for good: from now on it is read and amended, never edited."""
    session = locked(session)
    rules.sign_session.check(by, session)
    told = {int(each["preparation"]): each for each in wasted}
    for joined in session.session_preparations.select_related("preparation").order_by("preparation_id"):
        preparation = joined.preparation
        if preparation.state in ("drawn", "checked"):
            said = told.get(preparation.pk, {})
            preparations.reconcile(
                preparation,
                injected_ml=session.injected_ml_of(preparation),
                wasted_ml=said.get("ml"),
                reason=said.get("reason", ""),
                by=by,
                at=at,
            )
    session.state, session.signed_by, session.signed_at = SessionState.SIGNED, by, at
    session.revision += 1
    session.save(update_fields=["state", "signed_by", "signed_at", "revision"])
    note_fields(["state"])
    return session


@audited("session.abandoned")
def abandon(session: TreatmentSession, *, reason: str, by: User, at: datetime) -> TreatmentSession:
    """Give a session up in which nothing was injected; it stays on record with its reason."""
    session = locked(session)
    rules.abandon_session.check(by, session)
    session.state, session.abandoned_at, session.abandoned_by = SessionState.ABANDONED, at, by
    session.abandon_reason = reason
    session.save(update_fields=["state", "abandoned_at", "abandoned_by", "abandon_reason"])
    return session


@audited("session.amended")
def add_addendum(session: TreatmentSession, *, text: str, late: bool = False, by: User, at: datetime) -> Addendum:
    """Add to a signed session what was remembered later."""
    rules.add_addendum.check(by, session)
    return Addendum.objects.create(clinic=session.clinic, session=session, text=text, late=late, at=at, by=by)
