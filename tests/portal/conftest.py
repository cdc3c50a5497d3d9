"""A phone in front of the portal: enter(patient) opens a link as the patient does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from patients.actions import portal
from patients.models import Patient


def now() -> datetime:
    return datetime.now(tz=UTC)


def link_for(patient: Patient, **more: Any) -> str:
    """The address of a new link for a patient."""
    link = portal.invite(patient, by=User.objects.system(), at=now(), **more)
    return f"/portal/enter/{link.secret}/"


def enter(patient: Patient, client: Client | None = None, **more: Any) -> Client:
    """A phone on which the patient has opened a link."""
    phone = client or Client()
    answer = phone.post(link_for(patient, **more))
    assert answer.status_code == 302, answer.content
    return phone


@pytest.fixture
def phone(patient: Patient) -> Client:
    """Amara's phone."""
    return enter(patient)
