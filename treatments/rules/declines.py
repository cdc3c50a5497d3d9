"""What may be offered instead of a treatment that is refused, and what the letter about it says: nothing of why."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import local_day
from patients.models import Patient

INSTEAD: dict[str, str | Promise] = {
    "wait": _("Wait, and look again later"),
    "family_doctor": _("Ask the family doctor"),
    "nutrition": _("Advice on nutrition and exercise"),
    "surgeon": _("A surgeon's opinion"),
    "psychology": _("Psychological support"),
    "other_treatment": _("Another treatment of this clinic"),
}


def letter(
    patient: Patient, *, instead: Iterable[str], recheck_on: date | None, practitioner: Any, at: datetime
) -> dict[str, Any]:
    """What the letter is filled with, in the language that is spoken now: no treatment, no condition, no reason."""
    return {
        "asked_on": local_day(at, patient.clinic.time_zone).isoformat(),
        "instead": [str(INSTEAD[key]) for key in INSTEAD if key in set(instead)],
        "recheck_on": recheck_on.isoformat() if recheck_on else "",
        "practitioner": {"name": str(practitioner) if practitioner else ""},
    }
