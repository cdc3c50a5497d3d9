"""Acts that need a second person: asked for, agreed to by somebody else, or ripe by themselves where nobody else is."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from accounts.access import Permission, may
from accounts.models import Approval, Clinic, User
from accounts.rules import approvals as rules
from audit.actions import audited

OPEN_FOR = timedelta(days=7)
ALONE_WAITS = timedelta(hours=24)


def body_digest(body: dict[str, Any]) -> str:
    """Hash what exactly was asked, so that the agreement cannot be used for something else."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@audited("approval.asked")
def ask(clinic: Clinic, *, kind: str, subject: models.Model, body: dict[str, Any], by: User, at: datetime) -> Approval:
    """Ask a second person to agree to an act, described in full; asking the same again gives the open request."""
    digest = body_digest(body)
    same = clinic.approvals.open(at).filter(
        kind=kind, subject_kind=subject._meta.label_lower, subject_id=subject.pk, body_sha256=digest
    )
    return same.first() or Approval.objects.create(
        clinic=clinic,
        kind=kind,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        body=body,
        body_sha256=digest,
        requested_at=at,
        requested_by=by,
        expires_at=at + OPEN_FOR,
    )


@audited("approval.given")
def approve(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Agree to what somebody else has asked."""
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    rules.approve.check(by, approval, at=at)
    approval.approved_by, approval.approved_at = by, at
    approval.save(update_fields=["approved_by", "approved_at"])
    return approval


@audited("approval.cancelled")
def cancel(approval: Approval, *, by: User, at: datetime) -> Approval:
    """Take a request back, or stop one before it ripens."""
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    rules.cancel_approval.check(by, approval)
    approval.cancelled_by, approval.cancelled_at = by, at
    approval.save(update_fields=["cancelled_by", "cancelled_at"])
    return approval


def others_who_may(clinic: Clinic, permission: Permission, asker: User) -> list[Any]:
    """List the members other than the asker who could agree."""
    members = clinic.memberships.active().exclude(user=asker)
    return [member for member in members if may(member, permission)]


def is_given(approval: Approval, permission: Permission, at: datetime) -> bool:
    """Say whether the act may go on: somebody agreed, or nobody else could and a day has passed."""
    if approval.cancelled_at or approval.expires_at <= at:
        return False
    if approval.approved_at:
        return True
    alone = not others_who_may(approval.clinic, permission, approval.requested_by)
    return alone and approval.requested_at + ALONE_WAITS <= at
