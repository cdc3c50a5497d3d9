"""What is added to a session after it was signed."""

from datetime import datetime

from accounts.models import User
from audit.actions import audited
from treatments.models import Addendum, TreatmentSession
from treatments.rules import sessions as rules


@audited("session.amended")
def add(session: TreatmentSession, *, text: str, late: bool = False, by: User, at: datetime) -> Addendum:
    """Add to a signed session what was remembered later."""
    rules.add_addendum.check(by, session)
    return Addendum.objects.create(clinic=session.clinic, session=session, text=text, late=late, at=at, by=by)
