"""The list of patients leaves the house only when a second person agrees: asked for, agreed to, written, taken."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.actions import approvals
from accounts.models import Approval, Clinic, Role, User
from audit.actions import audited
from common.refused import Refused
from patients.actions import tasks
from reports.actions import exports
from reports.models import Export

KIND = "patients.export"
REPORT = "patients"


@audited("patient_list.asked")
def ask(clinic: Clinic, *, form: str, reason: str, by: User, at: datetime) -> Approval:
    """Ask a second person to agree that the list of patients leaves the house, and say what it is for."""
    if not reason.strip():
        raise Refused("reason_required", _("Say what the list is for."))
    body = {"form": form, "reason": reason.strip()}
    approval = approvals.ask(clinic, kind=KIND, subject=clinic, body=body, by=by, at=at)
    tasks.add(
        clinic,
        text=_("Agree that the list of patients leaves the house, or say no: %(reason)s") % body,
        role=Role.OWNER,
        url=reverse("reports:patients_request", args=[approval.pk]),
        reason_key=f"export:{approval.pk}",
        by=by,
        at=at,
    )
    return approval


@audited("patient_list.agreed")
def agree(approval: Approval, *, by: User, at: datetime) -> Export:
    """Agree to what somebody else has asked: the file is written for whoever asked."""
    return carry_out(approvals.approve(approval, by=by, at=at), by=by, at=at)


@audited("patient_list.carried_out")
def carry_out(approval: Approval, *, by: User, at: datetime) -> Export:
    """Have the file written, once; an owner whom nobody can second may have it a day after having asked."""
    approval = Approval.objects.select_for_update().select_related("clinic", "requested_by").get(pk=approval.pk)
    if approval.kind != KIND:
        raise Refused("wrong_state", _("This request is about something else."))
    if not approvals.is_given(approval, Permission.EXPORT_PATIENTS, at):
        raise Refused("second_person_required", _("Nobody else has agreed to this yet."), approval=approval.pk)
    asked_by = approval.requested_by
    export = exports.ask(
        approval.clinic, report=REPORT, form=approval.body["form"], filters={}, approval=approval, by=asked_by, at=at
    )
    approval.expires_at = at  # an agreement is used once
    approval.save(update_fields=["expires_at"])
    _settle(approval, by=by, at=at)
    return export


@audited("patient_list.refused")
def refuse(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Say no to a request, or take it back."""
    cancelled = approvals.cancel(approval, by=by, at=at)
    _settle(approval, by=by, at=at)
    return cancelled


def _settle(approval: Approval, *, by: User, at: datetime) -> None:
    for task in approval.clinic.tasks.open().filter(reason_key=f"export:{approval.pk}"):
        tasks.done(task, by=by, at=at)
