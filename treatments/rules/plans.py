"""Who may make, stop and end a plan, and when."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refusal
from common.rules import rule
from treatments.models import PLAN_TRANSITIONS, PlanState, Protocol, TreatmentPlan


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
