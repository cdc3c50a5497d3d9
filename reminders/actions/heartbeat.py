"""The owner is told when nothing leaves the house on a day with visits."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Clinic, Role, User
from audit.actions import audited
from common.dates import local_day
from patients.actions import tasks
from patients.models import Task
from reminders.rules import heartbeat as rules


@audited("silence.noted")
def note_silence(clinic: Clinic, *, by: User, at: datetime) -> Task | None:
    """Put a silent day before the owner, once."""
    pulse = rules.pulse_of(clinic, at)
    key = f"silence:{local_day(at, clinic.time_zone)}"
    if not pulse.is_silent or clinic.tasks.filter(reason_key=key).exists():
        return None
    with translation.override(clinic.language):
        text = _("No message left the clinic today, although there are %(visits)d visits. Look why.")
        return tasks.add(
            clinic,
            text=text % {"visits": pulse.visits},
            due_at=at,
            role=Role.OWNER,
            url=reverse("reminders:words_list"),
            is_red=True,
            reason_key=key,
            by=by,
            at=at,
        )
