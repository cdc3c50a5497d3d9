from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def said(*args):
    out = StringIO()
    call_command("load_reference", *args, stdout=out)
    return out.getvalue()


def test_the_reference_is_loaded_into_every_clinic_and_again_without_effect(clinic, other_clinic):
    first = said()
    assert "Test Clinic: 441 rows in force." in first
    assert "Other Clinic: 441 rows in force." in first
    assert said() == first
    clinic.ingredients.filter(slug="lidocaine").update(max_dose_per_session=1)
    assert "1 changes wait for the medical director" in said("--clinic", "test")


def test_a_clinic_that_does_not_exist_is_said(clinic):
    with pytest.raises(CommandError, match="no clinic"):
        said("--clinic", "nowhere")
