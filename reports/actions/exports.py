"""That figures left the house is written down: which report, in which form, of which days."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Clinic, User
from audit.actions import audited, note_fields


@audited("report.exported")
def export(clinic: Clinic, *, report: str, form: str, filters: Sequence[str], by: User, at: datetime) -> Clinic:
    """Note who takes a report out of the clinic, before the first line is given."""
    note_fields([report, form, *filters])
    return clinic
