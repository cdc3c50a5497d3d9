"""Who may make, stop and end a plan, and when."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refusal, Refused
from common.rules import rule
from formulations.rules.preparations import Decision, reason_for, undecided
from treatments.models import PLAN_LIVE, PLAN_TRANSITIONS, PlanState, Protocol, TreatmentPlan


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


def decided(user: User, patient: Any, findings: Iterable[Any], overrides: Iterable[Any]) -> list[tuple[Any, str]]:
    """Refuse an unsuitable plan with every reason at once; answer what somebody went past, with their word."""
    findings = list(findings)
    decisions = [Decision.of(each) for each in overrides]
    member = user.memberships.active().filter(clinic_id=patient.clinic_id).first()
    refusals = list(undecided(member, findings, decisions))
    if refusals:
        raise Refused.of(sorted(refusals, key=lambda refusal: refusal.severity != "block"))
    return [(each, reason_for(each, decisions)) for each in findings if each.interrupts]


@rule
def decide_phase(user: User, plan: TreatmentPlan, *, done: Any) -> Iterator[tuple[bool, Refusal]]:
    """The next interval is decided after a session was given, once, while sessions are left."""
    yield plan.state in PLAN_LIVE, Refusal("wrong_state", _("This plan has ended."))
    yield done is not None, Refusal("wrong_state", _("No session of this plan has been given yet."))
    if done is not None:
        again = plan.phase_decisions.filter(after_ordinal=done.ordinal).exists()
        yield not again, Refusal("already_done", _("This was decided after session %(n)s.") % {"n": done.ordinal})


@rule
def change_plan(user: User, plan: TreatmentPlan, *, to: str) -> Iterator[tuple[bool, Refusal]]:
    """A plan moves along its states only."""
    yield (
        to in PLAN_TRANSITIONS[plan.state],
        Refusal(
            "wrong_state",
            _("This plan is %(state)s and cannot become %(to)s.")
            % {"state": plan.get_state_display().lower(), "to": PlanState(to).label.lower()},
        ),
    )
