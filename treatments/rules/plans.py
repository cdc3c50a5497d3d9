"""Who may make, stop and end a plan, and when."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refusal, Refused
from common.rules import rule
from formulations.rules.preparations import Decision, reason_for, undecided
from treatments.models import PLAN_LIVE, PLAN_TRANSITIONS, PlanState, Protocol, TreatmentPlan
from treatments.rules import mix

LIVE = PLAN_LIVE


@rule
def start_plan(
    user: User, patient: Any, *, protocol: Protocol, practitioner: Any, on: date
) -> Iterator[tuple[bool, Refusal]]:
    """A plan is made for a living record, by an approved protocol, with somebody licensed on the first day."""
    yield (
        not (patient.merged_into_id or patient.entered_in_error or patient.erased_at),
        Refusal("wrong_state", _("This record is closed. Open the patient's current record.")),
    )
    yield (
        practitioner.is_licensed_on(on),
        Refusal(
            "licence_expired",
            _("The licence of %(name)s is not valid on %(day)s.") % {"name": practitioner, "day": on.isoformat()},
        ),
    )
    yield (
        protocol.review == "approved",
        Refusal("protocol_unavailable", _("This version of the protocol is not in use in the clinic.")),
    )
    twin = patient.plans.live().filter(protocol=protocol, start_on=on).first()
    yield (
        twin is None,
        Refusal(
            "already_done",
            _("Plan %(number)s by this protocol begins on that day already.") % {"number": twin.number if twin else ""},
            url=reverse("treatments:plan_detail", args=[twin.pk]) if twin else "",
        ),
    )


def suitability(patient: Any, *, protocol: Protocol, slugs: Iterable[str], at: datetime) -> list[Any]:
    """Find all that speaks against a plan, hardest first; a protocol that policy has not enabled says so once,
    not once more for each substance for which it is restricted."""
    found = mix.suitability(patient, protocol=protocol, slugs=slugs, at=at)
    if not any(each.code == "protocol_unavailable" for each in found):
        return found
    own = set(protocol.typical_ingredients)
    return [each for each in found if each.code != "ingredient_restricted" or not own.issuperset(each.subjects)]


def decided(
    user: User, patient: Any, findings: Iterable[Any], overrides: Iterable[Any], *, against: Iterable[Refusal] = ()
) -> list[tuple[Any, str]]:
    """Refuse an unsuitable plan with every reason at once; answer what somebody went past, with their word."""
    findings = list(findings)
    decisions = [Decision.of(each) for each in overrides]
    member = user.memberships.active().filter(clinic_id=patient.clinic_id).first()
    refusals = [*against, *undecided(member, findings, decisions)]
    if refusals:
        raise Refused.of(sorted(refusals, key=lambda refusal: refusal.severity != "block"))
    return [(each, reason_for(each, decisions)) for each in findings if each.interrupts]


@rule
def decline_request(
    user: User, patient: Any, *, findings: Iterable[Any], reasons: Iterable[str], note: str
) -> Iterator[tuple[bool, Refusal]]:
    """A request is declined for a living record, and for a reason: one that was found, or one that is said."""
    yield (
        not (patient.merged_into_id or patient.entered_in_error or patient.erased_at),
        Refusal("wrong_state", _("This record is closed. Open the patient's current record.")),
    )
    yield (
        any(each.interrupts for each in findings) or bool(list(reasons)) or bool(note.strip()),
        Refusal("reason_needed", _("Nothing on file speaks against this treatment. Say why it is declined.")),
    )


@rule
def decide_phase(user: User, plan: TreatmentPlan, *, done: Any) -> Iterator[tuple[bool, Refusal]]:
    """The next interval is decided after a session was given, once, while sessions are left."""
    yield plan.state in PLAN_LIVE, Refusal("wrong_state", _("This plan has ended."))
    yield done is not None, Refusal("wrong_state", _("No session of this plan has been given yet."))
    if done is not None:
        again = plan.phase_decisions.filter(after_ordinal=done.ordinal).exists()
        yield not again, Refusal("already_done", _("This was decided after session %(n)s.") % {"n": done.ordinal})


@rule
def review_plan(user: User, plan: TreatmentPlan, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A plan that asks for a review goes on for a reason."""
    yield plan.state == PlanState.REVIEW_DUE, Refusal("wrong_state", _("This plan does not ask for a review."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the plan goes on."))


@rule
def lift_pause(user: User, plan: TreatmentPlan, *, code: str) -> Iterator[tuple[bool, Refusal]]:
    """A pause is lifted by whoever looks after its reason: that of a side effect in its case, not from the plan."""
    course = plan.course
    yield (
        course.blocked_code in ("", code),
        Refusal(course.blocked_code, course.blocked_sentence, url=course.blocked_url),
    )


@rule
def hold_plan(user: User, plan: TreatmentPlan, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """Who holds a plan back that waits already says why as well."""
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the plan stops."))


@rule
def change_plan(user: User, plan: TreatmentPlan, *, to: str, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A plan moves along its states only; who stops one says why."""
    yield (
        to not in (PlanState.PAUSED, PlanState.DISCONTINUED) or bool(reason.strip()),
        Refusal("reason_needed", _("Say why the plan stops.")),
    )
    yield (
        to in PLAN_TRANSITIONS[plan.state],
        Refusal(
            "wrong_state",
            _("This plan is %(state)s and cannot become %(to)s.")
            % {"state": plan.get_state_display().lower(), "to": PlanState(to).label.lower()},
        ),
    )
