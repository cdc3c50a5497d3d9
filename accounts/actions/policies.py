"""Decisions of a clinic: versioned, dated, owned, and never changed in place."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, Policy, User
from audit.actions import audited
from common.refused import Refused


@audited("policy.decided")
def decide(
    clinic: Clinic,
    key: str,
    value: Any,
    *,
    source: str = "",
    effective_on: date,
    approved: bool = False,
    by: User,
    at: datetime,
) -> Policy:
    """Put a new version of a decision in force from a day."""
    newest = clinic.policies.newest(key).first()
    try:
        with transaction.atomic():
            return Policy.objects.create(
                clinic=clinic,
                key=key,
                version=newest.version + 1 if newest else 1,
                value=value,
                source=source,
                owned_by=by,
                approved_by=by if approved else None,
                effective_on=effective_on,
            )
    except IntegrityError as error:
        raise Refused("conflict", _("Somebody has just decided this: read the newest version first.")) from error


def value_of(clinic: Clinic, key: str, default: Any = None) -> Any:
    """Give the value of a decision in force, or the default of the rule that reads it."""
    newest = clinic.policies.newest(key).first()
    return newest.value if newest else default
