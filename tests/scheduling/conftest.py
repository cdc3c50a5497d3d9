"""A clinic with one room, one open calendar and two kinds of visit."""

import pytest

from tests.factories import patients as people
from tests.factories import scheduling as calendar


@pytest.fixture
def room(location):
    return calendar.room(location)


@pytest.fixture
def kind(clinic, room):
    return calendar.kind(clinic)


@pytest.fixture
def visit_kind(clinic, room):
    return calendar.kind(clinic, "treatment", minutes=45, needs_course=True)


@pytest.fixture
def hours(location, doctor):
    return calendar.open_week(location, doctor)


@pytest.fixture
def patient(clinic):
    return people.register(clinic, given_name="Nora", family_name="Benali")


@pytest.fixture
def other_patient(clinic):
    return people.register(clinic, given_name="Paul", family_name="Verne")
