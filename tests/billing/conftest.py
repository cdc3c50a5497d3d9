from typing import Any

import pytest

from accounts.models import Clinic, User
from billing.models import Payment
from documents.actions import templates
from tests.cast import NOON
from tests.factories.billing import decide_terms, pay


@pytest.fixture
def papers(clinic: Clinic) -> Clinic:
    """The clinic has words for its papers."""
    return templates.load_defaults(clinic, by=User.objects.system(), at=NOON)


@pytest.fixture
def till(papers: Clinic, owner: User) -> Clinic:
    """The clinic may hand out receipts: 21 per cent of tax are in its prices."""
    decide_terms(papers, by=owner)
    return papers


@pytest.fixture
def payment(till: Clinic, patient: Any, front_desk: User) -> Payment:
    """115.00 by card, taken by the front desk, with its receipt."""
    return pay(patient, by=front_desk)
