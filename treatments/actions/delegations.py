"""Delegations: a practitioner lets a colleague record and inject by a protocol, until a day, and takes it back."""

from datetime import date, datetime

from accounts.models import Membership, Practitioner, User
from audit.actions import audited
from common.dates import local_day
from treatments.models import Delegation
from treatments.rules import delegations as rules


@audited("delegation.given")
def give(
    practitioner: Practitioner,
    *,
    membership: Membership,
    protocol_slug: str,
    valid_until: date,
    by: User,
    at: datetime,
) -> Delegation:
    """Let a nurse record and inject by one protocol in this practitioner's place, from today until a day."""
    rows = Practitioner.objects.select_for_update(of=("self",)).with_person().select_related("clinic")
    practitioner = rows.get(pk=practitioner.pk)
    today = local_day(at, practitioner.clinic.time_zone)
    rules.give.check(
        by, practitioner, membership=membership, protocol_slug=protocol_slug, valid_until=valid_until, today=today
    )
    return Delegation.objects.create(
        clinic=practitioner.clinic,
        practitioner=practitioner,
        membership=membership,
        protocol_slug=protocol_slug,
        valid_from=today,
        valid_until=valid_until,
        given_at=at,
        given_by=by,
    )


@audited("delegation.ended")
def end(delegation: Delegation, *, by: User, at: datetime) -> Delegation:
    """Take a delegation back: from now on its holder opens and records nothing by it."""
    delegation = Delegation.objects.select_for_update(of=("self",)).with_people().get(pk=delegation.pk)
    rules.end.check(by, delegation)
    delegation.ended_at, delegation.ended_by = at, by
    delegation.save(update_fields=["ended_at", "ended_by"])
    return delegation
