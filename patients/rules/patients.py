"""When a person may be registered, and when a file may be changed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates import local_day
from common.refused import Refusal
from common.rules import rule
from patients.models import Patient

OLDEST = date(1890, 1, 1)

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def describe(user: Any, patient: Patient, *, at: datetime) -> Clauses:
    """A file names somebody who was born, and not too long ago to be in front of us."""
    today = local_day(at, patient.clinic.time_zone)
    yield (
        bool(patient.given_name or patient.family_name),
        Refusal("name_missing", _("Write a given name or a family name.")),
    )
    yield patient.born_on <= today, Refusal("born_in_future", _("The date of birth lies in the future."))
    yield patient.born_on >= OLDEST, Refusal("born_too_early", _("The date of birth lies before 1890."))
    yield (
        patient.phototype is None or 1 <= patient.phototype <= 6,
        Refusal("phototype_unknown", _("The skin phototype is a number from 1 to 6.")),
    )


@rule
def edit(user: Any, patient: Patient, *, revision: int | None = None) -> Clauses:
    """Nobody changes a file that somebody else has changed meanwhile, or that is no longer in use."""
    yield (
        revision is None or revision == patient.revision,
        Refusal(
            "stale_revision", _("Somebody else has changed this file meanwhile. Look at it again before you save.")
        ),
    )
    yield (
        patient.merged_into_id is None and not patient.entered_in_error and patient.erased_at is None,
        Refusal("wrong_state", _("This file is closed.")),
    )
