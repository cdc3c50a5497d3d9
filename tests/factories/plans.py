"""Plans and papers as fixtures: the clinic's session kind, the request that must be declined, consents half signed."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Clinic, Practitioner, User
from formulations.actions import recipes
from formulations.models import FormulationVersion
from patients.models import Patient
from tests.cast import NOON
from tests.factories import patients as people
from tests.factories.treatments import STROKES
from treatments.actions import consents, plans
from treatments.models import Consent, Protocol, TreatmentPlan

BEFORE = {"forehead": (3, 3, 2), "right_malar": (4, 3, 3), "left_malar": (4, 3, 3), "chin": (1, 2, 1)}
AFTER = {"forehead": (3, 2, 2), "right_malar": (3, 2, 2), "left_malar": (4, 2, 3), "chin": (1, 1, 1)}


def areas(grades: dict[str, tuple[int, int, int]]) -> dict[str, dict[str, int]]:
    """The answers of MASI and mMASI from area, darkness and homogeneity."""
    return {area: dict(zip(("area", "darkness", "homogeneity"), marks, strict=True)) for area, marks in grades.items()}


def start(patient: Patient, doctor: Practitioner, slug: str = "melasma-vitc-gsh-6", **values: Any) -> TreatmentPlan:
    """A plan, agreed the way the house agrees it."""
    by = doctor.membership.user
    named = {"start_on": NOON.date(), "practitioner": doctor, "by": by, "at": NOON}
    chosen = values.pop("protocol", None) or protocol(patient.clinic, slug)
    return plans.start(patient, protocol=chosen, **{**named, **values})


def protocol(clinic: Clinic, slug: str = "melasma-vitc-gsh-6") -> Protocol:
    """A protocol of the clinic."""
    return clinic.protocols.current().get(slug=slug)


def sign(consent: Consent, role: str, by: User, **values: Any) -> Consent:
    """Put a signature under a consent."""
    named = {"strokes": STROKES, "sha256": consent.document.sha256, "witness": role == "patient", "at": NOON}
    return consents.sign(consent, role=role, by=by, **{**named, **values})


@pytest.fixture
def presented_consent(plan: TreatmentPlan, practitioner: User) -> Consent:
    """The consent to the plan, ready to be read."""
    return consents.present(plan, options={"photos_record": True}, by=practitioner, at=NOON)


@pytest.fixture
def signed_consent(presented_consent: Consent, practitioner: User) -> Consent:
    """The consent that the patient has signed and the practitioner has not."""
    return sign(presented_consent, "patient", practitioner)


@pytest.fixture
def priya(house: Clinic, doctor: Practitioner) -> Patient:
    """Breastfeeding, anaphylaxis to soy, and somebody should look at how she sees herself."""
    return people.register(
        house,
        by=doctor.membership.user,
        given_name="Priya",
        family_name="Nair-Castellanos",
        weight_kg=Decimal(59),
        allergies=["soy"],
        conditions=["breastfeeding", "BDD"],
    )


@pytest.fixture
def approved_recipe(house: Clinic, practitioner: User) -> FormulationVersion:
    """A recipe of vitamin C alone, approved by the medical director."""
    parts = [{"ingredient": "vitamin-c", "concentration": Decimal(100), "unit": "mg/mL", "volume_ml": Decimal(2)}]
    version = recipes.add(house, name="Vitamin C alone", components=parts, by=practitioner, at=NOON)
    return recipes.approve(version, reason="Usual strength", by=practitioner, at=NOON)
