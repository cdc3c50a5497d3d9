"""The end of a day at the till: counted once, opened again by the owner alone."""

from datetime import date, datetime
from decimal import Decimal

from accounts.models import Clinic, User
from audit.actions import audited
from billing.actions import till
from billing.models import DayClose
from billing.rules import closings as rules


@audited("day.closed")
def close(clinic: Clinic, *, day: date, counted: Decimal, reason: str = "", by: User, at: datetime) -> DayClose:
    """Count the cash of a day against what its payments say; from now on the day takes no more money."""
    clinic = till.hold(clinic)
    expected = rules.expected_in_cash(clinic, day)
    rules.close.check(by, clinic, day=day, counted=counted, expected=expected, reason=reason, at=at)
    return DayClose.objects.create(
        clinic=clinic,
        day=day,
        currency=clinic.currency,
        expected=expected,
        counted=counted,
        difference=counted - expected,
        reason=reason.strip(),
        closed_at=at,
        closed_by=by,
    )


@audited("day.reopened")
def reopen(count: DayClose, *, reason: str, by: User, at: datetime) -> DayClose:
    """Open a counted day again; the count stays on record and the day is counted anew."""
    till.hold(count.clinic)
    count = DayClose.objects.select_for_update().get(pk=count.pk)
    rules.reopen.check(by, count, reason=reason)
    count.reopened_at, count.reopened_by, count.reopen_reason = at, by, reason.strip()
    count.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    return count
