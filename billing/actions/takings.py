"""That the list of the money left the house is written down."""

from datetime import date, datetime

from accounts.models import Clinic, User
from audit.actions import audited, note_fields


@audited("takings.exported")
def export(clinic: Clinic, *, day_from: date, day_to: date, by: User, at: datetime) -> Clinic:
    """Note who takes the list of payments out of the clinic, before the first line is given."""
    note_fields([f"from={day_from}", f"to={day_to}"])
    return clinic
