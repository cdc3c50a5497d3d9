"""Side effects for tests, reported an hour after they began."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from safety.actions import side_effects
from safety.models import SideEffectCase
from tests.factories.treatments import minutes
from treatments.models import TreatmentSession


def days(count: int, hours: int = 0) -> datetime:
    """A moment so many days after the first injection of the session of the fixtures."""
    return minutes(8) + timedelta(days=count, hours=hours)


def report(
    session: TreatmentSession,
    effect: str = "redness",
    *,
    by: User,
    onset_at: datetime | None = None,
    grade: int = 1,
    **values: Any,
) -> SideEffectCase:
    """Report what came after a session."""
    onset_at = onset_at or days(0, hours=1)
    moments = {"onset_at": onset_at, "at": onset_at + timedelta(hours=1)}
    return side_effects.report(session.patient, session=session, effect=effect, grade=grade, **values, **moments, by=by)
