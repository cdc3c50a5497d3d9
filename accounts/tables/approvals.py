"""What waits for a second person, in words, with what this person may do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.access import Permission
from accounts.actions import approvals, ownership
from accounts.models import Approval, Clinic, Membership, Role, User
from accounts.rules import approvals as rules

ELSEWHERE = {
    "patient.merge": (_lazy("Two patients' files become one"), "patients:merge_request"),
    "payment.refund": (_lazy("Money is given back"), "billing:refund_show"),
    "patient.split": (_lazy("Two merged files become two again"), "patients:merge_request"),
}


@dataclass(frozen=True)
class Request:
    """One open request as the list shows it."""

    approval: Approval
    about: str
    what: str
    may_approve: bool
    may_cancel: bool
    is_ripe: bool
    ripens_at: datetime | None
    url: str = ""


def requests(clinic: Clinic, user: User, at: datetime) -> list[Request]:
    """List what is open, the oldest first."""
    rows = list(clinic.approvals.open(at).select_related("requested_by", "clinic").order_by("requested_at", "pk"))
    ids = [row.subject_id for row in rows if row.subject_kind == Membership._meta.label_lower]
    people = {person.pk: str(person) for person in clinic.memberships.filter(pk__in=ids).with_person()}
    return [_shown(row, people, user, at) for row in rows]


def _shown(row: Approval, people: dict[int, str], user: User, at: datetime) -> Request:
    if row.kind in ELSEWHERE:
        words, page = ELSEWHERE[row.kind]
        return Request(
            row, str(words), row.body.get("reason", ""), False, False, False, None, reverse(page, args=[row.pk])
        )
    alone = not approvals.others_who_may(row.clinic, Permission.MANAGE_STAFF, row.requested_by)
    return Request(
        approval=row,
        about=people.get(row.subject_id, f"{row.subject_kind} {row.subject_id}"),
        what=_in_words(row.kind, row.body),
        may_approve=rules.approve.allows(user, row, at=at),
        may_cancel=rules.cancel_approval.allows(user, row),
        is_ripe=approvals.is_given(row, Permission.MANAGE_STAFF, at),
        ripens_at=row.requested_at + approvals.ALONE_WAITS if alone else None,
    )


def _in_words(kind: str, body: dict[str, Any]) -> str:
    if kind == ownership.ROLES:
        roles = ", ".join(str(Role(role).label) for role in body["roles"])
        return _("New roles: %(roles)s") % {"roles": roles}
    if kind == ownership.DISABLE:
        return _("No longer works here: %(reason)s") % {"reason": body["reason"]}
    return kind
