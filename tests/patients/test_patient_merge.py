from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import Approval
from audit.models import Event
from common.refused import Refused
from patients.actions import care_teams, merges, moves, patients
from patients.models import MOVE, Patient, PatientKey, PatientsMerge
from patients.relations import moving
from scheduling.actions import bookings
from scheduling.models import Appointment
from tests.cast import NOON, hire
from tests.factories import files, rows
from tests.factories import scheduling as calendar
from tests.factories.sources import ROOMS

pytestmark = pytest.mark.django_db
WHY = "Same birth date, same telephone, she says so."
NEVER_COMPARED = {"revision", "search"}  # a counter that only rises, and a column computed from the others


@pytest.fixture
def twin(clinic, owner):
    """A second file of Amara, opened under her married name."""
    return patients.register(
        clinic, given_name="Amara", family_name="Okonkwo-Reyes", born_on=date(1986, 6, 11), phone="+34612345678",
        email="amara@example.org", by=owner, at=NOON,
    )  # fmt: skip


@pytest.fixture
def second_owner(clinic):
    return hire(clinic, "Oscar Owner", "owner").user


def merge(into, twin, by, **values):
    return merges.merge(into, duplicate=twin, reason=WHY, by=by, at=NOON, **values)


def dump() -> dict[str, Any]:
    """Every row of every table of the house that is not a history or a ledger of what happened."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label not in ROOMS or hasattr(model, "pgh_tracked_model"):
            continue
        if label in {"audit.Event", "patients.PatientsMerge", "patients.MergeMove"}:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name not in NEVER_COMPARED]
        found[label] = list(model._base_manager.order_by("pk").values(*names))
    return found


def test_every_relation_to_a_patient_is_known_here():
    names = {relation.get_accessor_name() for relation in Patient._meta.related_objects}
    names -= {"merges_away", "merges_here", "merged_from", "events"}
    assert names == set(files.MADE), "a new table belongs to a patient: add one row of it to tests/factories/files.py"


def test_no_key_to_a_patient_hides_from_the_merge():
    shown = {(place.model, place.field.name) for place in moving()}
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model") or model._meta.app_label == "pghistory":
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, PatientKey) and field.on_merge == MOVE and not hasattr(model, "pgh_obj"):
                assert (model, field.name) in shown, f"{model._meta.label}.{field.name}"


def test_every_table_refuses_new_rows_for_a_file_that_was_merged_away():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'patients_file_is_open'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert {place.table for place in moving()} - guarded == set(), (
        "a migration of the table must add: CREATE TRIGGER <table>_of_open_file BEFORE INSERT ON <table>"
        " FOR EACH ROW EXECUTE FUNCTION patients_file_is_open()"
    )


def test_every_row_moves_and_undoing_brings_back_every_row(patient, twin, doctor, owner):
    for name, make in files.MADE.items():
        if name != "care_team":
            make(patient, doctor)
        make(twin, doctor)
    before = dump()
    counts = {place.name: place.rows(patient).count() + place.rows(twin).count() for place in moving()}
    assert min(counts.values()) >= 2

    merged = merge(patient, twin, owner, taking=["family_name", "phone", "email"])

    for place in moving():
        assert not place.rows(twin).exists(), f"{place.name} stayed behind"
        assert place.rows(patient).count() == counts[place.name], place.name
    patient.refresh_from_db()
    assert (patient.family_name, patient.phone) == ("Okonkwo-Reyes", "+34612345678")
    assert patient.former_names == ["Amara Okonkwo"]
    assert dump() != before

    merges.split(merged, reason="Two sisters after all.", by=owner, at=NOON + timedelta(hours=1))

    after = dump()
    for label, kept in before.items():
        assert after[label] == kept, label


def test_both_files_say_what_happened(patient, twin, owner):
    merged = merge(patient, twin, owner)
    merges.split(merged, reason="No.", by=owner, at=NOON)

    assert Event.objects.about(merged).kinds() == ["patient.merged", "patient.split"]
    assert Event.objects.about(twin).kinds()[-2:] == ["patient.closed_as_duplicate", "patient.reopened"]
    assert Event.objects.about(patient).kinds()[-2:] == ["patient.took_over", "patient.gave_back"]


def test_a_failure_in_the_middle_leaves_nothing(patient, twin, doctor, owner, monkeypatch):
    files.fill(twin, doctor)
    before, events = dump(), Event.objects.count()
    monkeypatch.setattr(moves, "_take", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merge(patient, twin, owner)
    assert dump() == before
    assert not PatientsMerge.objects.exists()
    assert Event.objects.count() == events


def test_a_signed_session_changes_its_patient_and_nothing_else_and_only_while_it_merges(patient, twin, doctor, owner):
    session = rows.signed_session(twin, doctor)
    with pytest.raises(rows.REFUSED), transaction.atomic():
        type(session).objects.filter(pk=session.pk).update(patient=patient)
    merge(patient, twin, owner)
    session.refresh_from_db()
    assert session.patient == patient
    with pytest.raises(rows.REFUSED), transaction.atomic():
        type(session).objects.filter(pk=session.pk).update(patient=twin)


def test_visits_at_the_same_time_refuse_the_merge_and_are_named(patient, twin, doctor, second_doctor, owner):
    files.visit(patient, doctor, files.LATER)
    files.visit(twin, second_doctor, files.LATER + timedelta(minutes=30))
    with pytest.raises(Refused) as refused:
        merge(patient, twin, owner)
    assert refused.value.code == "visits_overlap"
    assert patient.number in refused.value.detail
    assert twin.number in refused.value.detail
    assert "15 Mar 2025" in refused.value.detail


def test_a_colleague_on_both_teams_stands_once(patient, twin, doctor, owner):
    care_teams.join(twin, doctor, by=owner, at=NOON)
    merge(patient, twin, owner)
    assert patient.care_team.standing().count() == 1
    assert patient.care_team.count() == 2


@pytest.mark.parametrize("withdrew", ["the file that stays", "the duplicate"])
def test_the_last_word_on_being_written_to_counts_whichever_file_it_was_said_in(patient, twin, owner, withdrew):
    stays, goes = (patient, twin) if withdrew == "the file that stays" else (twin, patient)
    files.contact_consent(stays, purpose="marketing", ended_at=NOON + timedelta(days=3))
    files.contact_consent(goes, purpose="marketing", given_at=NOON + timedelta(days=1))
    merged = merge(patient, twin, owner)
    assert not patient.contact_consents.standing().exists()
    merges.split(merged, reason="No.", by=owner, at=NOON)
    assert goes.contact_consents.standing().count() == 1


def test_what_a_merge_ended_as_doubled_is_no_word_of_the_patient(clinic, patient, twin, owner):
    for each in (patient, twin):
        files.contact_consent(each)
    merge(patient, twin, owner)
    third = rows.patient(clinic, given_name="Amara", family_name="Third")
    merge(patient, third, owner)
    assert patient.contact_consents.standing().count() == 1


def test_the_old_number_finds_the_file_that_stayed(clinic, patient, twin, owner):
    merged = merge(patient, twin, owner)
    for said in (twin.number, twin.number.lower(), "Okonkwo-Reyes"):
        assert list(clinic.patients.live().matching(said)) == [patient]
    merges.split(merged, reason="No.", by=owner, at=NOON)
    assert list(clinic.patients.live().matching(twin.number)) == [twin]


def test_a_file_merged_twice_is_split_in_the_order_back(clinic, patient, twin, owner):
    third = rows.patient(clinic)
    first = merge(twin, third, owner)
    second = merge(patient, twin, owner)
    third.refresh_from_db()
    assert third.merged_into == patient
    with pytest.raises(Refused, match="merged again"):
        merges.split(first, reason="No.", by=owner, at=NOON)
    merges.split(second, reason="No.", by=owner, at=NOON)
    merges.split(first, reason="No.", by=owner, at=NOON)
    assert set(clinic.patients.live()) == {patient, twin, third}


def test_a_value_that_was_corrected_since_stays_corrected(patient, twin, owner):
    merged = merge(patient, twin, owner, taking=["family_name", "phone"])
    patients.edit(patient, phone="+34699999999", by=owner, at=NOON)
    merges.split(merged, reason="No.", by=owner, at=NOON)
    patient.refresh_from_db()
    assert (patient.family_name, patient.phone) == ("Okonkwo", "+34699999999")


def test_what_has_grown_together_since_is_not_torn_apart(patient, twin, doctor, owner):
    plan = rows.plan(twin, doctor)
    merged = merge(patient, twin, owner)
    patient.outcomes.create(
        clinic=patient.clinic, plan=plan, measure="nrs", rated_on=NOON.date(), items={}, complete=False,
        recorded_at=NOON, recorded_by=owner,
    )  # fmt: skip
    with pytest.raises(Refused, match="outcome measure") as refused:
        merges.split(merged, reason="No.", by=owner, at=NOON)
    assert refused.value.code == "added_since"
    plan.refresh_from_db()
    assert plan.patient == patient


def test_one_merges_and_splits_once(patient, twin, owner):
    merged = merge(patient, twin, owner)
    with pytest.raises(Refused, match="closed"):
        merge(patient, twin, owner)
    merges.split(merged, reason="No.", by=owner, at=NOON)
    with pytest.raises(Refused, match="split again already"):
        merges.split(merged, reason="No.", by=owner, at=NOON)


def test_a_file_is_not_merged_with_itself(patient, owner):
    with pytest.raises(Refused, match="itself"):
        merge(patient, patient, owner)


def test_nothing_is_written_into_a_file_that_was_merged_away(patient, twin, doctor, owner):
    merge(patient, twin, owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        files.MADE["alerts"](twin, doctor)
    with pytest.raises(Refused) as refused:
        care_teams.join(twin, doctor, by=owner, at=NOON)
    assert refused.value.code == "merged_away"


def test_the_front_desk_asks_and_an_owner_agrees(patient, twin, front_desk, owner):
    asked = merges.ask(patient, duplicate=twin, reason=WHY, by=front_desk, at=NOON)
    assert patient.clinic.tasks.open().filter(role="owner").count() == 1
    with pytest.raises(Refused, match="Nobody else"):
        merges.carry_out(asked, by=front_desk, at=NOON + timedelta(days=2))
    merged = merges.agree(asked, by=owner, at=NOON)
    assert merged.to_patient == patient
    assert not patient.clinic.tasks.open().exists()
    with pytest.raises(Refused, match="already"):
        merges.agree(asked, by=owner, at=NOON)


def test_who_asked_does_not_agree_and_an_owner_alone_waits_a_day(patient, twin, owner):
    asked = merges.ask(patient, duplicate=twin, reason=WHY, by=owner, at=NOON)
    with pytest.raises(Refused, match="another person"):
        merges.agree(asked, by=owner, at=NOON)
    with pytest.raises(Refused, match="Nobody else"):
        merges.carry_out(asked, by=owner, at=NOON + timedelta(hours=23))
    assert merges.carry_out(asked, by=owner, at=NOON + timedelta(hours=25)).from_patient == twin


def test_with_a_second_owner_waiting_is_not_enough(patient, twin, owner, second_owner):
    asked = merges.ask(patient, duplicate=twin, reason=WHY, by=owner, at=NOON)
    with pytest.raises(Refused, match="Nobody else"):
        merges.carry_out(asked, by=owner, at=NOON + timedelta(hours=25))
    merged = merges.agree(asked, by=second_owner, at=NOON)
    again = merges.ask_split(merged, reason="Sisters.", by=second_owner, at=NOON)
    assert merges.agree(again, by=owner, at=NOON).undone_by == owner


def test_what_was_agreed_to_is_what_was_seen(patient, twin, front_desk, owner):
    asked = merges.ask(patient, duplicate=twin, reason=WHY, by=front_desk, at=NOON)
    patients.edit(twin, phone="+34611111111", by=front_desk, at=NOON)
    with pytest.raises(Refused) as refused:
        merges.agree(asked, by=owner, at=NOON)
    assert refused.value.code == "stale_revision"
    assert Approval.objects.get(pk=asked.pk).approved_at is None


def test_two_clicks_at_once_merge_once(committed, at_once, patient, twin, front_desk, owner):
    asked = merges.ask(patient, duplicate=twin, reason=WHY, by=front_desk, at=NOON)
    done = at_once(lambda _n: merges.agree(asked, by=owner, at=NOON), [1, 2, 3])
    assert sorted(type(each).__name__ for each in done) == ["PatientsMerge", "Refused", "Refused"]
    assert PatientsMerge.objects.count() == 1


def test_a_booking_at_the_same_moment_lands_in_the_file_that_stays_or_is_refused(
    committed, at_once, clinic, location, patient, twin, doctor, owner
):
    calendar.open_week(location, doctor)
    sort, desk = calendar.kind(clinic), owner

    def act(what: str) -> Any:
        if what == "merge":
            return merge(patient, twin, owner)
        start = calendar.local(NOON.date() + timedelta(days=8), "10:00")
        return bookings.book(clinic, patient=twin, kind=sort, practitioner=doctor, starts_at=start, by=desk, at=NOON)

    merged, visit = at_once(act, ["merge", "book"])

    assert isinstance(merged, PatientsMerge), merged
    assert not twin.appointments.exists()
    if not isinstance(visit, Appointment):
        assert isinstance(visit, Refused), visit
        assert visit.code in ("merged_away", "not_bookable", "slot_taken")
    else:
        assert patient.appointments.get() == visit
