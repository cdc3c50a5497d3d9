"""The catalogue in the clinic of the cast."""

from typing import Any

import pytest

from accounts.models import Clinic, User
from formulations.actions import catalogue
from tests.cast import NOON
from treatments.actions import protocols


@pytest.fixture
def reference(clinic: Clinic) -> Clinic:
    """The clinic with the whole reference in force, unsigned."""
    by = User.objects.system()
    catalogue.load(clinic, by=by, at=NOON)
    return protocols.load(clinic, by=by, at=NOON)


@pytest.fixture
def signed_reference(reference: Clinic, practitioner: Any) -> Clinic:
    """The clinic with the whole reference in force and every row signed by its medical director."""
    catalogue.sign_all(reference, by=practitioner, at=NOON)
    return protocols.sign_all(reference, by=practitioner, at=NOON)
