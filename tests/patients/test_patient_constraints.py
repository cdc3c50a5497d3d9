import pytest
from django.db import connection, transaction

from patients.models import Patient
from tests.factories import rows


@pytest.mark.parametrize(
    "said",
    ["muller", "Müller", "mueller ana", "ana müll", "MULLER ANA", "oconnor", "O'Connor", "612345", "P-T", "1986-06-11"],
)
def test_a_patient_is_found_by_any_part_of_the_name(clinic, said):
    found = rows.patient(
        clinic, given_name="Ana", family_name="Müller-O'Connor", phone="+34600612345", born_on="1986-06-11"
    )
    rows.patient(clinic, given_name="Zoë", family_name="Quist", born_on="1970-01-01", number="Q-1")

    assert list(clinic.patients.matching(said)) == [found]


def test_a_name_typed_with_combining_marks_is_found(clinic):
    found = rows.patient(clinic, given_name="Zoe\u0308", family_name="Quist")

    assert list(clinic.patients.matching("zoe")) == list(clinic.patients.matching("Zoë")) == [found]


def test_a_search_is_never_a_pattern(clinic):
    rows.patient(clinic)

    assert not clinic.patients.matching("%").exists()
    assert not clinic.patients.matching("_da").exists()


def test_a_renamed_patient_is_found_by_the_new_name(clinic):
    patient = rows.patient(clinic)
    Patient.objects.filter(pk=patient.pk).update(family_name="Newname")

    assert clinic.patients.matching("newname").get() == patient


def test_another_clinics_patient_is_not_found(clinic, other_clinic):
    rows.patient(other_clinic, family_name="Elsewhere")

    assert not clinic.patients.matching("elsewhere").exists()


def test_the_history_of_a_patient_is_only_added(clinic):
    patient = rows.patient(clinic)
    Patient.objects.filter(pk=patient.pk).update(city="Soria")
    history = patient.events.model

    assert [row.pgh_label for row in history.objects.order_by("pgh_id")] == ["insert", "update"]
    for statement in ("UPDATE patients_patientevent SET city = ''", "DELETE FROM patients_patientevent"):
        with (
            pytest.raises(rows.REFUSED, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_patient_has_a_name(clinic):
    with pytest.raises(rows.REFUSED) as caught, transaction.atomic():
        rows.patient(clinic, given_name="", family_name="")

    assert rows.refusal(caught) == "patient_has_a_name"


def test_a_practitioner_reaches_their_own_patients(clinic, doctor, second_doctor, nurse):
    mine, other = rows.patient(clinic), rows.patient(clinic)
    clinic.care_teams.create(
        patient=mine, membership=doctor.membership, reason="booking", joined_at=rows.NOON, joined_by=nurse
    )

    assert list(clinic.patients.visible_to(doctor.membership.user)) == [mine]
    assert set(clinic.patients.visible_to(nurse)) == {mine, other}
    assert not clinic.patients.visible_to(second_doctor.membership.user).exists()


def test_the_only_practitioner_reaches_everybody(clinic, doctor):
    patient = rows.patient(clinic)

    assert list(clinic.patients.visible_to(doctor.membership.user)) == [patient]


def test_a_stranger_reaches_nobody(clinic, doctor, stranger):
    rows.patient(clinic)

    assert not clinic.patients.visible_to(stranger).exists()
