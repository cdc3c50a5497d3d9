"""Who decides what the clinic's catalogue says."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, User
from common.refused import Refusal
from common.rules import rule
from formulations.models import Review

ONLY_THE_DIRECTOR = Refusal("not_allowed", _("Only the medical director decides what the catalogue says."))


def is_director(user: User, clinic_id: int) -> bool:
    """Whether a person is the medical director of a clinic."""
    mine = user.memberships.active().filter(clinic_id=clinic_id, is_medical_director=True)
    return bool(mine.exists())


@rule
def direct(user: User, clinic: Clinic) -> Iterator[tuple[bool, Refusal]]:
    """The medical director stands behind the catalogue."""
    yield is_director(user, clinic.pk), ONLY_THE_DIRECTOR


@rule
def approve(user: User, row: Any) -> Iterator[tuple[bool, Refusal]]:
    """The medical director puts a proposed change in force."""
    yield is_director(user, row.clinic_id), ONLY_THE_DIRECTOR
    yield row.review == Review.PROPOSED, Refusal("wrong_state", _("This change no longer waits for a decision."))


@rule
def sign(user: User, row: Any) -> Iterator[tuple[bool, Refusal]]:
    """The medical director signs a row in force, once."""
    yield is_director(user, row.clinic_id), ONLY_THE_DIRECTOR
    yield row.review == Review.APPROVED, Refusal("wrong_state", _("Only a row that is in force can be signed."))
    yield row.signed_at is None, Refusal("already_done", _("This row is already signed."))
