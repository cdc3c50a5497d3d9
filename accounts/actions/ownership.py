"""Making somebody an owner, or ending it: asked by one person, agreed to by another, then carried out."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.actions import approvals, members
from accounts.models import Approval, Membership, User
from accounts.rules import members as rules
from audit.actions import audited
from common.refused import Refused

ROLES, DISABLE = "member.roles", "member.disable"


@audited("ownership.change_asked")
def ask_roles(
    membership: Membership, *, roles: list[str], is_medical_director: bool, by: User, at: datetime
) -> Approval:
    """Ask a second owner to agree to roles that begin or end an ownership."""
    body = {"roles": roles, "is_medical_director": is_medical_director}
    rules.change_roles.check(by, membership, roles=roles, agreed=True)
    return approvals.ask(membership.clinic, kind=ROLES, subject=membership, body=body, by=by, at=at)


@audited("ownership.end_asked")
def ask_disable(membership: Membership, *, reason: str, by: User, at: datetime) -> Approval:
    """Ask a second owner to agree that an owner no longer works here."""
    rules.disable.check(by, membership, agreed=True)
    return approvals.ask(membership.clinic, kind=DISABLE, subject=membership, body={"reason": reason}, by=by, at=at)


@audited("approval.agreed")
def agree(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Agree to what another owner has asked, and let it happen."""
    if approval.kind not in _ACTS:
        raise Refused("wrong_state", _("This request is agreed to on its own page."))
    return carry_out(approvals.approve(approval, by=by, at=at), by=by, at=at)


@audited("approval.carried_out")
def carry_out(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Do what was agreed to, once; alone in a clinic, an owner may do it a day after having asked."""
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    if not approvals.is_given(approval, Permission.MANAGE_STAFF, at):
        raise Refused("second_person_required", _("Nobody else has agreed to this yet."))
    if act := _ACTS.get(approval.kind):
        act(approval.clinic.memberships.get(pk=approval.subject_id), approval.body, by=by, at=at)
        approval.expires_at = at  # an agreement is used once
        approval.save(update_fields=["expires_at"])
    return approval


def _change(membership: Membership, body: dict[str, Any], *, by: User, at: datetime) -> None:
    members.change_roles(membership, agreed=True, by=by, at=at, **body)


def _disable(membership: Membership, body: dict[str, Any], *, by: User, at: datetime) -> None:
    members.disable(membership, reason=body["reason"], agreed=True, by=by, at=at)


_ACTS = {ROLES: _change, DISABLE: _disable}
