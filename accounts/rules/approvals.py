"""Who may agree to an act, and when."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Approval, Membership, User
from common.refused import Refusal
from common.rules import rule


@rule
def approve(user: User, approval: Approval, *, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """A second person of the same clinic agrees, once, while the request is open."""
    works_here = Membership.objects.active().filter(clinic=approval.clinic_id, user=user).exists()
    yield works_here, Refusal("not_allowed", _("Only somebody who works here can agree to this."))
    yield (
        user.pk != approval.requested_by_id,
        Refusal("not_allowed", _("You asked for this: another person must agree.")),
    )
    yield approval.approved_at is None, Refusal("already_done", _("Somebody has agreed to this already."))
    yield approval.cancelled_at is None, Refusal("wrong_state", _("This request was taken back."))
    yield approval.expires_at > at, Refusal("wrong_state", _("This request has expired: ask again."))


@rule
def cancel_approval(user: User, approval: Approval) -> Iterator[tuple[bool, Refusal]]:
    """Anybody of the clinic can stop a request that is still open."""
    works_here = Membership.objects.active().filter(clinic=approval.clinic_id, user=user).exists()
    yield works_here, Refusal("not_allowed", _("Only somebody who works here can stop this."))
    yield approval.approved_at is None, Refusal("already_done", _("Somebody has agreed to this already."))
    yield approval.cancelled_at is None, Refusal("already_done", _("This request was taken back already."))
