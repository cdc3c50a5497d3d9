"""The person who treats, as bookings find them."""

from typing import Any

from accounts.models import Practitioner
from common.prepared import Given, Question

FOUND = Question(lambda: Practitioner.objects.with_person().filter(clinic=Given("clinic"), pk=Given("practitioner")))


def practitioner_of(clinic: Any, pk: int) -> Practitioner | None:
    """A practitioner of the clinic with the person behind, or None."""
    found: Practitioner | None = FOUND.first(clinic=clinic.pk, practitioner=pk)
    if found is not None:
        found.clinic = found.membership.clinic = clinic
    return found
