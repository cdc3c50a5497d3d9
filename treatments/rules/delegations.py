"""Who may let a nurse record and inject by a protocol, whom, and until when."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.access import Permission, may
from accounts.models import Membership, Practitioner, User
from common.refused import Refusal
from common.rules import rule
from treatments.models import Delegation
from treatments.rules.orders import member_of

LONGEST = timedelta(days=366)


@rule
def give(
    user: User,
    practitioner: Practitioner,
    *,
    membership: Membership,
    protocol_slug: str,
    valid_until: date,
    today: date,
) -> Iterator[tuple[bool, Refusal]]:
    """A practitioner delegates in their own name, to somebody who mixes and records, for a year at most, once."""
    member = member_of(user, practitioner.clinic_id)
    yield (
        practitioner.membership.user_id == user.pk and may(member, Permission.SIGN_ORDERS),
        Refusal("not_allowed", _("Everybody delegates in their own name only.")),
    )
    yield (
        practitioner.is_licensed_on(today),
        Refusal("licence_expired", _("Your licence has expired.")),
    )
    yield (
        membership.is_active and membership.pk != practitioner.membership_id and records(membership),
        Refusal("invalid", _("Choose a colleague who prepares mixes and records sessions.")),
    )
    yield (
        practitioner.clinic.protocols.current().filter(slug=protocol_slug).exists(),
        Refusal("invalid", _("This clinic has no such protocol.")),
    )
    yield (
        today <= valid_until <= today + LONGEST,
        Refusal("invalid", _("A delegation is valid from today, for a year at most.")),
    )
    twin = Delegation.objects.standing(today).filter(
        practitioner=practitioner, membership=membership, protocol_slug=protocol_slug
    )
    yield (
        not twin.exists(),
        Refusal("already_done", _("This protocol is delegated to %(name)s already.") % {"name": membership.user}),
    )


def records(membership: Membership) -> bool:
    """Whether somebody's role prepares mixes and records sessions at all."""
    return may(membership, Permission.RECORD_SESSIONS) and may(membership, Permission.PREPARE_MIXES)


@rule
def end(user: User, delegation: Delegation) -> Iterator[tuple[bool, Refusal]]:
    """Who delegated, or directs the clinic, ends it, once."""
    member = member_of(user, delegation.clinic_id)
    own = delegation.practitioner.membership.user_id == user.pk
    yield (
        may(member, Permission.SIGN_ORDERS) and (own or bool(member and member.is_medical_director)),
        Refusal("not_allowed", _("Only who delegated it ends it.")),
    )
    yield delegation.ended_at is None, Refusal("already_done", _("This delegation has ended already."))
