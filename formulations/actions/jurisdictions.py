"""What the law of a place asks of a clinic, put in force as decisions that the clinic can later change."""

from collections.abc import Iterable
from datetime import datetime

from accounts.actions import policies
from accounts.models import Clinic, User
from audit.actions import audited
from common.dates import local_day
from formulations.reference import JurisdictionRow


@audited("jurisdiction.applied")
def apply(clinic: Clinic, *, rows: Iterable[JurisdictionRow], by: User | None, at: datetime) -> None:
    """Decide, for a clinic that has not decided, what the pack of its jurisdiction says."""
    decided = set(clinic.policies.values_list("key", flat=True))
    for row in rows:
        if row.jurisdiction == clinic.jurisdiction and row.key not in decided:
            policies.decide(
                clinic,
                row.key,
                row.value,
                source=row.source,
                effective_on=local_day(at, clinic.time_zone),
                approved=True,
                by=by or User.objects.system(),
                at=at,
            )
