"""How somebody joins a team: with roles, a log-in and, where they treat, a licence."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions import members
from accounts.models import Clinic, Membership, User
from accounts.rules import members as rules
from audit.actions import audited
from common.refused import Refused


@audited("member.welcomed")
def invite(
    clinic: Clinic,
    *,
    email: str,
    roles: list[str],
    licence: dict[str, Any] | None,
    by: User,
    at: datetime,
    **person: Any,
) -> Membership:
    """Let somebody new work here; who has a log-in already keeps the password they have."""
    rules.invite.check(by, clinic, email=email, roles=roles)
    membership = members.add(clinic, email=email, roles=roles, by=by, at=at, **person)
    if licence:
        license_practitioner(membership, licence=licence, by=by, at=at)
    return membership


@audited("member.licence_recorded")
def license_practitioner(membership: Membership, *, licence: dict[str, Any], by: User, at: datetime) -> Membership:
    """Record the licence of somebody who treats: the first one, or what replaces it."""
    rules.license_practitioner.check(by, membership)
    practitioner = getattr(membership, "practitioner", None)
    try:
        with transaction.atomic():
            if practitioner:
                members.change_licence(practitioner, by=by, at=at, **licence)
            else:
                members.license_practitioner(membership, by=by, at=at, **licence)
    except IntegrityError as error:
        raise Refused("already_done", _("This licence is recorded for somebody else of the team.")) from error
    return membership
