"""On which days after a session a patient is asked, and may answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from patients.models import Patient
from safety.rules.tellings import speaks_for
from treatments.models import TreatmentSession

DAYS = (1, 7, 21, 90)


@rule
def answer(user: Any, session: TreatmentSession, *, day: int, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """A patient answers of their own session, a question that was asked, once its day has come."""
    patient = Patient.objects.get(pk=session.patient_id)
    yield (
        speaks_for(user, patient),
        Refusal("not_allowed", _("This page is for the patient, or for who speaks for them.")),
    )
    ended_at = session.injection_ended_at
    zone = session.location.time_zone
    has_come = ended_at is not None and local_day(at, zone) >= local_day(ended_at, zone) + timedelta(days=day)
    yield day in DAYS and has_come, Refusal("invalid", _("This question has not been asked yet."))
