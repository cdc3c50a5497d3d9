from dataclasses import replace

import pytest

from audit.models import Event
from common.refused import Refused
from patients.actions import imported_patients, imports, patients, statements
from patients.actions import tasks as to_do
from patients.imports import files, work
from patients.models import ImportRow, ImportState, Patient, RowState
from tests.cast import NOON
from tests.factories.imports import checked, csv_of, people, ran, sent, undone, workbook_of, worked

BAD = [
    "Nodate,Ann,,,,,",
    "Future,Ann,2990-01-01,,,,",
    "Ancient,Ann,1790-01-01,,,,",
    "Noday,Ann,31/02/1980,,,,",
    ",,1980-01-01,,,,",
    "Badmail,Ann,1980-01-02,,not-an-address,,",
    "Badphone,Ann,1980-01-03,12,,,",
    "Badsex,Ann,1980-01-04,,,perhaps,",
    f"{'L' * 121},Ann,1980-01-05,,,,",
    "Words,Ann,yesterday,,,,",
    "Longnumber,Ann,1980-01-06,,,,123456789012345678901",
    "American,Ann,02/25/1980,,,,",
]

pytestmark = pytest.mark.django_db


def test_three_hundred_patients_come_in_and_twelve_bad_rows_say_why(clinic, owner):
    lines = people(300)
    lines[20:20] = BAD

    batch = checked(clinic, csv_of(*lines), by=owner)

    counts = batch.rows.counts()
    assert (counts["new"], counts["invalid"]) == (300, 12)
    assert all(row.problem for row in batch.rows.wrong())
    assert not clinic.patients.exists(), "a check writes nothing into the patients"

    batch = ran(batch, by=owner)

    assert batch.state == ImportState.DONE
    assert clinic.patients.count() == 300
    assert sorted(clinic.patients.values_list("number", flat=True))[-1] == "P-000300"
    one = clinic.patients.get(family_name="Family7")
    assert (one.given_name, one.phone, one.former_numbers) == ("Given7", "+34612000007", ["OLD-7"])
    assert one in clinic.patients.matching("OLD-7"), "the number of the old system finds the patient"
    kinds = [kind for kind in Event.objects.about(batch).kinds() if not kind.startswith("import.rows")]
    assert sorted(kinds) == ["import.checked", "import.columns_named", "import.started", "import.uploaded"]


def test_whoever_is_here_already_is_found_as_the_register_page_finds_them(clinic, owner, patient, other_patient):
    patients.edit(patient, phone="+34 612 345 678", by=owner, at=NOON)
    batch = checked(
        clinic,
        csv_of(
            "OKONKWO,amara,1986-06-11,,,,",  # the same
            "Okonkwoo,Amara,1986-06-11,,,,",  # misspelt
            "Amara,Okonkwo,1986-06-11,,,,",  # the names in the other order
            "Okonkwo,Amara,1986-11-06,612345678,,,",  # another birth date, the same telephone
            "Okonkwo,Chi,2015-01-01,612345678,,,",  # her child
            "Okonkwo,Amara,1955-01-01,,,,",  # somebody of her name
            "Diaz,Bruno,1971-03-02,,,,",  # without the accent
            "New,Nina,1990-01-01,,,,",
            "New,Nina,1990-01-01,,,,",  # twice in the file
        ),
        by=owner,
    )
    found = {row.line: (row.state, row.likeness, row.patient_id) for row in batch.rows.all()}
    assert found == {
        2: ("duplicate", "same_person", patient.pk),
        3: ("duplicate", "like_name", patient.pk),
        4: ("duplicate", "same_person", patient.pk),
        5: ("duplicate", "same_phone", patient.pk),
        6: ("new", "", None),
        7: ("new", "", None),
        8: ("duplicate", "same_person", other_patient.pk),
        9: ("new", "", None),
        10: ("duplicate", "same_line", None),
    }


def test_for_each_who_is_here_already_one_decides_and_else_what_is_said_for_all(clinic, owner, patient, other_patient):
    batch = checked(
        clinic,
        csv_of("Okonkwo,Amara,1986-06-11,+34699000111,,,", "Díaz,Bruno,1971-03-02,+34699000222,,,"),
        by=owner,
    )
    imports.decide(batch.rows.get(line=3), decision="create", by=owner, at=NOON)

    batch = ran(batch, by=owner, duplicates="update")

    patient.refresh_from_db()
    assert patient.phone == "+34699000111"
    assert clinic.patients.filter(family_name="Díaz").count() == 2
    batch = undone(batch, by=owner)
    patient.refresh_from_db()
    assert patient.phone == ""
    assert clinic.patients.live().filter(family_name="Díaz").get() == other_patient


def test_an_undone_import_leaves_the_clinic_as_it_was_but_for_what_was_used_since(clinic, owner, patient):
    before = set(clinic.patients.live().values_list("pk", flat=True))
    batch = ran(checked(clinic, csv_of(*people(5)), by=owner), by=owner)
    used, edited, *_others = clinic.patients.exclude(pk__in=before).order_by("pk")
    to_do.add(clinic, text="Call", patient=used, by=owner, at=NOON)
    patients.edit(edited, city="Madrid", by=owner, at=NOON)

    batch = undone(batch, by=owner)

    assert batch.state == ImportState.UNDONE
    assert set(clinic.patients.live().values_list("pk", flat=True)) == before | {used.pk, edited.pk}
    kept = {row.patient_id: row.problem for row in batch.rows.filter(state=RowState.KEPT)}
    assert set(kept) == {used.pk, edited.pk}
    assert "tasks" in kept[used.pk].lower()
    again = checked(clinic, csv_of(*people(5)), by=owner)
    assert again.rows.counts()["new"] == 3, "those who were taken out of use are nobody's duplicates"


def test_a_worker_that_dies_in_the_middle_takes_nobody_in_twice(clinic, owner):
    batch = imports.run(checked(clinic, csv_of(*people(35)), by=owner), duplicates="skip", by=owner, at=NOON)
    pieces = []

    def dies(*args, **kwargs):
        imported_patients.write(*args, **kwargs)
        pieces.append(args)
        if len(pieces) == 3:
            raise SystemExit

    with pytest.raises(SystemExit):
        work.go_on(batch, replace(imported_patients.SORT, at_once=10, write=dies))
    assert clinic.patients.count() == 20, "of the piece in which it died nothing is left"

    worked(batch)

    assert clinic.patients.count() == 35
    assert clinic.patients.values("family_name").distinct().count() == 35


def test_whoever_is_registered_between_check_and_run_is_not_opened_again(clinic, owner):
    batch = checked(clinic, csv_of(*people(3)), by=owner)
    given = {"given_name": "Given1", "family_name": "Family1"}
    row = batch.rows.get(line=3)
    patients.register(clinic, **given, born_on=files.date.fromisoformat(row.cleaned["born_on"]), by=owner, at=NOON)

    ran(batch, by=owner)

    assert clinic.patients.filter(family_name="Family1").count() == 1
    assert clinic.patients.count() == 3


def test_one_file_of_a_clinic_is_taken_in_at_a_time(at_once, clinic, owner):
    batches = [checked(clinic, csv_of(*people(3, start)), by=owner) for start in (0, 100)]

    answers = at_once(lambda batch: imports.run(batch, duplicates="skip", by=owner, at=NOON), batches)

    assert sorted(type(answer).__name__ for answer in answers) == ["ImportBatch", "Refused"]


def test_two_workers_at_one_file_take_everybody_in_once(at_once, clinic, owner):
    batch = imports.run(checked(clinic, csv_of(*people(60)), by=owner), duplicates="skip", by=owner, at=NOON)

    at_once(lambda _n: worked(type(batch).objects.get(pk=batch.pk)), range(3))

    assert worked(batch).state == ImportState.DONE
    assert Patient.objects.filter(clinic=clinic).count() == 60


def test_formulas_stay_text_in_both_forms(clinic, owner):
    header = ["Last name", "First name", "Date of birth"]
    book = workbook_of(header, ["=1+1", "@SUM(A1)", "1980-05-06"], ["'t Hooft", "An", "1981-05-06"])
    for content in (book, csv_of("'=1+1,@SUM(A1),1980-05-06", "'t Hooft,An,1981-05-06", header=",".join(header))):
        rows = checked(clinic, content, by=owner).rows.in_order()
        assert [row.cleaned["family_name"] for row in rows] == ["=1+1", "'t Hooft"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_are_read_whatever_they_were_written_with(clinic, owner, encoding, separator):
    text = "Nom;Prénom;Date de naissance\nMuñoz;Zoë;02/03/1985\n".replace(";", separator)
    rows = checked(clinic, text.encode(encoding), by=owner).rows.all()
    assert [(row.cleaned["family_name"], row.cleaned["given_name"], row.cleaned["born_on"]) for row in rows] == [
        ("Muñoz", "Zoë", "1985-03-02")
    ]


def test_m_stands_for_what_its_column_has_beside_it(clinic, owner):
    header = "Apellidos,Nombre,Fecha de nacimiento,Sexo"
    for marks, meant in (
        (("M", "H"), ["female", "male"]),
        (("M", "F"), ["male", "female"]),
        (("M", "M"), ["unknown"] * 2),
    ):
        lines = [f"Uno,Ana,198{n}-01-01,{mark}" for n, mark in enumerate(marks)]
        rows = checked(clinic, csv_of(*lines, header=header), by=owner).rows.in_order()
        assert [row.cleaned["sex"] for row in rows] == meant


def test_days_are_read_in_the_order_of_the_file_and_never_guessed_row_by_row(clinic, owner):
    batch = sent(clinic, csv_of("A,B,02/03/1985,,,,", "C,D,02/25/1985,,,,"), by=owner)
    assert batch.day_first is False


def test_the_columns_of_the_last_file_are_remembered(clinic, owner):
    first = sent(clinic, csv_of(*people(1)), by=owner)
    mapping = {name: place for name, place in first.mapping.items() if name in ("family_name", "born_on")}
    named = {"sort": imported_patients.SORT, "mapping": mapping, "day_first": True}
    worked(imports.name_columns(first, **named, by=owner, at=NOON))

    assert sent(clinic, csv_of(*people(1, 5)), by=owner).mapping == mapping


def test_lines_are_forgotten_after_thirty_days_and_the_import_cannot_be_undone_then(clinic, owner):
    batch = ran(checked(clinic, csv_of(*people(2)), by=owner), by=owner)

    batch = imports.purge(batch, by=owner, at=NOON)

    assert not ImportRow.objects.exists()
    with pytest.raises(Refused, match="30 days"):
        imports.undo(batch, reason="Wrong", by=owner, at=NOON)
    assert clinic.patients.count() == 2


def test_what_a_file_says_about_health_waits_for_a_clinician_and_goes_with_its_file(clinic, owner):
    header = "Last name,First name,Date of birth,Allergies,Conditions,Medication"
    lines = ['Uno,Ana,1980-01-01,"Latex, penicillin",Asthma; diabetes,Aspirin', "Dos,Eva,1981-01-01,none,,"]
    batch = ran(checked(clinic, csv_of(*lines, header=header), by=owner), by=owner)

    ana, eva = clinic.patients.order_by("born_on")
    said = {(each.name, each.source, each.state) for each in ana.allergies.all()}
    assert said == {("Latex", "import", "unreviewed"), ("penicillin", "import", "unreviewed")}
    assert (ana.conditions.count(), ana.medicines.count(), eva.allergies.count()) == (2, 1, 0)
    assert clinic.tasks.open().filter(patient=ana, kind="review_statement").count() == 1

    undone(batch, by=owner)

    assert clinic.patients.live().count() == 0
    assert clinic.tasks.open().count() == 0


def test_what_a_clinician_has_reviewed_keeps_its_file(clinic, owner, practitioner):
    header = "Last name,First name,Date of birth,Allergies"
    batch = ran(checked(clinic, csv_of("Uno,Ana,1980-01-01,Latex", header=header), by=owner), by=owner)
    ana = clinic.patients.get()
    statements.confirm(ana.allergies.get(), by=practitioner, at=NOON)

    undone(batch, by=owner)

    assert clinic.patients.live().get() == ana
