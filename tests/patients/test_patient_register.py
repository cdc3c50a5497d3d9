from datetime import date
from decimal import Decimal

import pytest

from audit.models import Event
from common.refused import Refused
from patients.actions import patients
from patients.models import Patient, StatementState
from tests.cast import NOON

pytestmark = pytest.mark.django_db
PERSON = {"given_name": "Amara", "family_name": "Okonkwo", "born_on": date(1986, 6, 11), "sex": "female"}


def test_a_patient_gets_the_next_file_number_of_the_clinic(clinic, other_clinic, nurse, stranger):
    first = patients.register(clinic, **PERSON, by=nurse, at=NOON)
    second = patients.register(clinic, **PERSON, by=nurse, at=NOON)
    elsewhere = patients.register(other_clinic, **PERSON, by=stranger, at=NOON)

    assert [first.number, second.number, elsewhere.number] == ["P-000001", "P-000002", "P-000001"]
    assert Event.objects.about(first).kinds() == ["patient.registered"]


def test_a_patient_is_registered_in_one_step_with_what_they_say(clinic, nurse):
    amara = patients.register(
        clinic,
        **PERSON,
        weight_kg=Decimal("64"),
        phototype=4,
        language="es",
        allergies=["soy"],
        conditions=["epilepsy"],
        medicines=[{"class": "anticoagulants", "name": "apixaban", "prescribed": True}, "ibuprofen"],
        by=nurse,
        at=NOON,
    )

    assert [row.allergens for row in amara.allergies.counting()] == [["soy"]]
    assert [row.slug for row in amara.conditions.counting()] == ["epilepsy"]
    assert {row.name: (row.classes, row.prescribed) for row in amara.medicines.counting()} == {
        "apixaban": (["anticoagulants"], True),
        "ibuprofen": (["nsaids"], False),
    }
    assert amara.current_weight_kg == 64
    assert {row.state for row in amara.medicines.all()} == {StatementState.CONFIRMED}


def test_a_telephone_number_is_kept_with_its_country(clinic, nurse):
    clinic.jurisdiction = "ES"

    amara = patients.register(clinic, **PERSON, phone="612 34 56 78", by=nurse, at=NOON)

    assert amara.phone == "+34612345678"


def test_a_number_without_its_country_is_refused_where_the_clinic_has_none(clinic, nurse):
    with pytest.raises(Refused, match="612 34 56 78"):
        patients.register(clinic, **PERSON, phone="612 34 56 78", by=nurse, at=NOON)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"given_name": " ", "family_name": ""}, "name_missing"),
        ({"born_on": date(2025, 2, 4)}, "born_in_future"),
        ({"born_on": date(1889, 12, 31)}, "born_too_early"),
        ({"phototype": 7}, "phototype_unknown"),
        ({"weight_kg": Decimal("1.9")}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left_behind(clinic, nurse, changes, code):
    with pytest.raises(Refused) as refusal:
        patients.register(clinic, **{**PERSON, **changes}, by=nurse, at=NOON)

    assert refusal.value.code == code
    assert not Patient.objects.exists()
    assert not Event.objects.filter(kind="patient.registered").exists()


def test_one_name_is_enough_and_names_keep_their_spelling(clinic, nurse):
    one = patients.register(
        clinic, family_name="  O'Neil   van  Dyk ", born_on=date(1990, 1, 1), sex="unknown", by=nurse, at=NOON
    )

    assert (one.given_name, one.family_name) == ("", "O'Neil van Dyk")


def test_numbers_stay_gapless_when_many_register_at_once(at_once, clinic, nurse):
    def register(place):
        return patients.register(clinic, **{**PERSON, "given_name": f"A{place}"}, by=nurse, at=NOON).number

    numbers = at_once(register, range(8))

    assert sorted(numbers) == [f"P-{number:06d}" for number in range(1, 9)]
