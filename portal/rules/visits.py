"""What a patient may say about a visit of their own, and until when."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.refused import Refusal
from common.rules import rule
from portal.rules.words import in_clinic_language
from scheduling.models import Appointment, AppointmentStatus

Clauses = Iterator[tuple[bool, Refusal]]
AHEAD = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
DAYS: dict[str, str | Promise] = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
}
TIMES: dict[str, str | Promise] = {
    "morning": gettext_lazy("in the morning"),
    "midday": gettext_lazy("around midday"),
    "afternoon": gettext_lazy("in the afternoon"),
    "evening": gettext_lazy("in the evening"),
}


@rule
def confirm(user: Any, appointment: Appointment, *, at: datetime) -> Clauses:
    """A visit is confirmed while it lies ahead and stands."""
    yield (
        appointment.status == AppointmentStatus.BOOKED and appointment.starts_at > at,
        Refusal("wrong_state", _("This visit cannot be confirmed any more. Call the clinic.")),
    )


@rule
def ask_to_move(user: Any, appointment: Appointment, *, at: datetime) -> Clauses:
    """Another time is asked for while the visit lies ahead."""
    yield (
        appointment.status in AHEAD and appointment.starts_at > at,
        Refusal("wrong_state", _("This visit cannot be moved any more. Call the clinic.")),
    )


@rule
def answer(user: Any, appointment: Appointment, *, at: datetime) -> Clauses:
    """The questions belong to a visit that lies ahead."""
    yield (
        appointment.status in AHEAD and appointment.starts_at > at,
        Refusal("wrong_state", _("This visit is over or was called off. Tell us at the clinic.")),
    )


def spoken_wish(days: list[str], parts: list[str]) -> str:
    """Say which days and which times of day suit; all of them if none was chosen."""
    chosen = [", ".join(str(DAYS[day]) for day in days), ", ".join(str(TIMES[part]) for part in parts)]
    return "; ".join(filter(None, chosen)) or _("any day")


def red_words(clinic: Any, answers: Mapping[str, Any]) -> str:
    """Say for the clinician what of the answers speaks against the visit; nothing if nothing does."""
    with in_clinic_language(clinic):
        found = []
        if answers.get("pregnancy") in ("yes", "unknown"):
            found.append(_("Pregnant, or it may be."))
        if answers.get("infection") in ("yes", "unknown"):
            found.append(_("A fever, a cold sore or an infection, or it may be."))
        return _("Before the visit the patient answers: %(found)s") % {"found": " ".join(found)} if found else ""
