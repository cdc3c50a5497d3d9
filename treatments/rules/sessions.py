"""When a session may be opened, written in, signed and amended, and by whom."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import Membership, User
from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from scheduling.models import LIVE
from treatments.models import (
    PLAN_LIVE,
    Delegation,
    PlannedSession,
    PlanState,
    SessionState,
    TreatmentSession,
)
from treatments.rules import mix

CLOSED = (SessionState.SIGNED, SessionState.ABANDONED)
ANSWERS = (mix.YES, mix.NO, mix.UNKNOWN)
REACTIONS = ("none", "mild", "severe")
CLOCKS_DIFFER_BY = timedelta(minutes=2)


def membership(user: User, clinic_id: int) -> Membership | None:
    """Find somebody's place in a clinic."""
    return user.memberships.active().filter(clinic_id=clinic_id).first()


def page_of(session: TreatmentSession) -> str:
    """Give the address of a session's page."""
    return reverse("treatments:session_detail", args=[session.pk])


def treats(planned: PlannedSession, appointment: Any = None) -> Any:
    """Find who gives a planned session: whoever it is booked with, else the practitioner of the plan."""
    booked = appointment or planned.visit.appointment
    if booked is not None and booked.status in LIVE:
        return booked.practitioner
    return planned.plan.practitioner


@rule
def open_session(
    user: User, planned: PlannedSession, *, practitioner: Any, appointment: Any = None, at: datetime
) -> Iterator[tuple[bool, Refusal]]:
    """A session is opened once, for a plan that goes on, by somebody licensed today."""
    plan = planned.plan
    today = local_day(at, plan.location.time_zone)
    yield (
        plan.state != PlanState.PAUSED,
        Refusal(
            "plan_paused", _("The plan is paused: %(why)s") % {"why": plan.state_reason}, url=plan.course.blocked_url
        ),
    )
    yield plan.state in PLAN_LIVE, Refusal("wrong_state", _("This plan has ended."), url=plan.course.page_url)
    yield (
        not (planned.visit.done_on or planned.visit.skipped),
        Refusal("already_done", _("This session was given or left out already."), url=plan.course.page_url),
    )
    yield (
        not planned.sessions.exclude(state=SessionState.ABANDONED).exists(),
        Refusal("already_done", _("This session is open already."), url=plan.course.page_url),
    )
    yield (
        appointment is None or appointment.patient_id == plan.patient_id,
        Refusal("invalid", _("This visit is of another patient.")),
    )
    yield (
        practitioner.is_licensed_on(today),
        Refusal(
            "licence_expired",
            _("The licence of %(name)s expired on %(day)s.")
            % {"name": practitioner, "day": practitioner.licence_expires_on.isoformat()},
        ),
    )
    yield may_work_on(user, plan.clinic_id, practitioner, plan.protocol.slug, today)


def may_work_on(user: User, clinic_id: int, practitioner: Any, protocol: str, today: Any) -> tuple[bool, Refusal]:
    """The practitioner records; a nurse does so where the practitioner has delegated the protocol, until a day."""
    mine = practitioner.membership.user_id == user.pk
    delegated = Delegation.objects.filter(
        practitioner=practitioner,
        membership__user=user,
        membership__is_active=True,
        protocol_slug=protocol,
        ended_at=None,
        valid_from__lte=today,
        valid_until__gte=today,
    )
    member = membership(user, clinic_id)
    return (
        may(member, Permission.RECORD_SESSIONS) and (mine or delegated.exists()),
        Refusal(
            "not_allowed",
            _("Only the treating practitioner, or a nurse to whom this protocol is delegated, records it."),
        ),
    )


@rule
def write_session(
    user: User, session: TreatmentSession, *, revision: int | None = None, at: datetime
) -> Iterator[tuple[bool, Refusal]]:
    """A session is written in while it is open, by those who treat, on the version that they have seen."""
    yield (
        session.state not in CLOSED,
        Refusal("wrong_state", _("This session is closed. Write an addendum."), url=page_of(session)),
    )
    yield (
        revision is None or revision == session.revision,
        Refusal(
            "stale_revision",
            _("Somebody else has changed this session. Compare before you save."),
            url=page_of(session),
        ),
    )
    today = local_day(at, session.location.time_zone)
    yield may_work_on(user, session.clinic_id, session.practitioner, session.plan.protocol.slug, today)


@rule
def answers(given: Mapping[str, str]) -> Iterator[tuple[bool, Refusal]]:
    """Each of the five questions has an explicit answer, one of those offered; “not known” is one."""
    for key in mix.MUST_ASK:
        known = REACTIONS if key == "last_reaction" else ANSWERS
        values = {"question": key.replace("_", " "), "known": ", ".join(known)}
        answer = given.get(key)
        yield bool(answer), Refusal("invalid", _("“%(question)s” has no answer.") % values)
        yield (
            not answer or answer in known,
            Refusal("invalid", _("“%(question)s” is answered with one of: %(known)s.") % values),
        )


@rule
def moments(session: TreatmentSession, *, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """The first injection comes before the last, and neither lies ahead."""
    started, ended = session.injection_started_at, session.injection_ended_at
    url = f"{page_of(session)}#zones"
    yield (
        ended is None or started is not None,
        Refusal("invalid", _("Say when the first injection was given, then when the last one was."), url=url),
    )
    yield (
        started is None or ended is None or ended >= started,
        Refusal("invalid", _("The last injection cannot come before the first."), url=url),
    )
    yield (
        all(moment is None or moment <= at + CLOCKS_DIFFER_BY for moment in (started, ended)),
        Refusal("invalid", _("This moment has not come yet."), url=url),
    )
    yield (
        session.ended_at is None or (ended is not None and ended <= session.ended_at),
        Refusal("invalid", _("The last injection cannot come after the end of the session."), url=url),
    )


@rule
def record_injection(user: User, session: TreatmentSession) -> Iterator[tuple[bool, Refusal]]:
    """What is injected is written down while the patient is being treated."""
    yield (
        session.state == SessionState.OPEN,
        Refusal("wrong_state", _("This session has ended. Write an addendum."), url=page_of(session)),
    )
    yield (
        hasattr(session, "screening"),
        Refusal("wrong_state", _("Ask the five questions first."), url=page_of(session) + "#check"),
    )


@rule
def end_session(
    user: User, session: TreatmentSession, *, ended_at: datetime, at: datetime
) -> Iterator[tuple[bool, Refusal]]:
    """The observation ends after the last injection, with an answer about the reaction."""
    url = page_of(session)
    yield session.state == SessionState.OPEN, Refusal("wrong_state", _("This session has ended already."), url=url)
    yield (
        session.injection_ended_at is not None,
        Refusal("wrong_state", _("Say when the last injection was given."), url=f"{url}#zones"),
    )
    yield (
        ended_at <= at + CLOCKS_DIFFER_BY,
        Refusal("invalid", _("This moment has not come yet."), url=f"{url}#reaction"),
    )
    yield (
        session.injection_ended_at is None or ended_at >= session.injection_ended_at,
        Refusal("wrong_state", _("The observation cannot end before the last injection."), url=f"{url}#reaction"),
    )
    yield (
        hasattr(session, "reaction"),
        Refusal("wrong_state", _("Say what reaction was seen; “none observed” is an answer."), url=f"{url}#reaction"),
    )


@rule
def sign_session(user: User, session: TreatmentSession) -> Iterator[tuple[bool, Refusal]]:
    """The practitioner who gave the session signs it, once, when it says everything."""
    url = page_of(session)
    member = membership(user, session.clinic_id)
    yield (
        session.practitioner.membership.user_id == user.pk and may(member, Permission.SIGN_SESSIONS),
        Refusal("not_allowed", _("Only the treating practitioner can sign.")),
    )
    yield session.signed_at is None, Refusal("already_done", _("This session is signed already."), url=url)
    yield (
        session.state != SessionState.ABANDONED,
        Refusal("wrong_state", _("This session was abandoned."), url=url),
    )
    yield session.ended_at is not None, Refusal("wrong_state", _("The session has not ended."), url=f"{url}#reaction")
    yield (
        hasattr(session, "screening"),
        Refusal("wrong_state", _("The five questions were not asked."), url=f"{url}#check"),
    )
    yield (
        session.zone_applications.exists(),
        Refusal("wrong_state", _("No zone is recorded."), url=f"{url}#zones"),
    )
    yield hasattr(session, "reaction"), Refusal("wrong_state", _("The reaction is missing."), url=f"{url}#reaction")
    yield bool(session.antiseptic), Refusal("wrong_state", _("The antiseptic is missing."), url=f"{url}#zones")


@rule
def abandon_session(user: User, session: TreatmentSession, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A session in which nothing was injected can be given up, with a reason."""
    yield session.state == SessionState.OPEN, Refusal("wrong_state", _("Only an open session can be given up."))
    yield (
        session.injection_started_at is None and not session.zone_applications.exists(),
        Refusal("wrong_state", _("Something was injected: record it and sign.")),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the session is given up."))


@rule
def add_addendum(user: User, session: TreatmentSession) -> Iterator[tuple[bool, Refusal]]:
    """What is remembered later is added by those who may, after the signature; before it, it belongs in the session."""
    member = membership(user, session.clinic_id)
    yield (
        may(member, Permission.AMEND_SESSIONS),
        Refusal("not_allowed", _("Only a practitioner adds to a signed session.")),
    )
    yield (
        session.state == SessionState.SIGNED,
        Refusal("wrong_state", _("This session is not signed yet: write it into the session."), url=page_of(session)),
    )
