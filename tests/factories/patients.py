"""Patients for tests, registered the way the house registers them."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import Clinic, User
from patients.actions import patients
from patients.models import Patient
from tests.cast import NOON

_NUMBERS = count(1)


def register(clinic: Clinic, *, by: User | None = None, at: Any = NOON, **values: Any) -> Patient:
    """Register somebody; names are made up unless they are given."""
    named = {
        "given_name": "Pat",
        "family_name": f"Smith{next(_NUMBERS)}",
        "born_on": date(1980, 2, 29),
        "sex": "female",
    }
    return patients.register(clinic, **{**named, **values}, by=by or User.objects.system(), at=at)
