from datetime import date
from decimal import Decimal

import pytest

from audit.models import Event
from common.refused import Refused
from patients.actions import statements, weights
from patients.models import Allergy, StatementSource, StatementState
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def test_what_the_front_desk_states_counts_at_once_and_waits_for_a_clinician(patient, front_desk):
    soy = statements.state_allergy(patient, "soya", by=front_desk, at=NOON)

    assert (soy.state, soy.source) == (StatementState.UNREVIEWED, StatementSource.STAFF)
    assert list(patient.allergies.counting()) == [soy]
    task = patient.tasks.open().get()
    assert (task.kind, task.role, "soya" in task.text) == ("review_statement", "clinician", False)
    assert Event.objects.about(soy).kinds() == ["allergy.stated"]


def test_an_owner_who_is_no_clinician_states_but_does_not_confirm(patient, owner):
    soy = statements.state_allergy(patient, "soy", by=owner, at=NOON)

    assert soy.state == StatementState.UNREVIEWED
    with pytest.raises(Refused, match="nurse or a practitioner"):
        statements.confirm(soy, by=owner, at=NOON)


def test_several_statements_wait_in_one_task_which_goes_when_all_are_settled(patient, front_desk, nurse):
    soy = statements.state_allergy(patient, "soy", by=front_desk, at=NOON)
    asthma = statements.state_condition(patient, "asthma", by=front_desk, at=NOON)
    weight = weights.record(patient, weight_kg=Decimal("64.5"), by=front_desk, at=NOON)
    task = patient.tasks.open().get()

    statements.confirm(soy, by=nurse, at=NOON)
    statements.refute(asthma, reason="hay fever", by=nurse, at=NOON)
    assert patient.tasks.open().get() == task
    statements.confirm(weight, by=nurse, at=NOON)

    assert not patient.tasks.open().exists()
    assert not patient.conditions.counting().exists()
    assert patient.current_weight_kg == Decimal("64.5")


def test_a_clinician_ends_what_is_no_more(patient, nurse):
    pill = statements.state_medicine(patient, "apixaban 5 mg", by=nurse, at=NOON)

    ended = statements.end(pill, ended_on=date(2025, 1, 31), by=nurse, at=NOON)

    assert (ended.state, ended.ended_on) == (StatementState.ENDED, date(2025, 1, 31))
    assert not patient.medicines.counting().exists()


def test_a_refutation_says_why(patient, nurse):
    soy = statements.state_allergy(patient, "soy", by=nurse, at=NOON)

    with pytest.raises(Refused) as refusal:
        statements.refute(soy, reason=" ", by=nurse, at=NOON)

    assert refusal.value.code == "reason_needed"


def test_a_settled_statement_is_not_settled_the_same_way_twice(patient, nurse):
    soy = statements.state_allergy(patient, "soy", by=nurse, at=NOON)

    with pytest.raises(Refused) as refusal:
        statements.confirm(soy, by=nurse, at=NOON)

    assert refusal.value.code == "already_done"


def test_the_same_words_stand_once_and_a_clinician_who_repeats_them_confirms(patient, front_desk, nurse):
    first = statements.state_allergy(patient, "Soy", by=front_desk, at=NOON)
    again = statements.state_allergy(patient, " soy ", by=nurse, at=NOON)

    assert (again.pk, again.state) == (first.pk, StatementState.CONFIRMED)
    assert patient.allergies.count() == 1


def test_a_name_nobody_knows_stays_visible_as_not_checked_until_a_clinician_says_what_it_is(patient, nurse, front_desk):
    kestine = statements.state_medicine(patient, "Kestine", by=nurse, at=NOON)
    assert list(patient.medicines.unchecked()) == [kestine]

    with pytest.raises(Refused, match="nurse or a practitioner"):
        statements.identify(kestine, slugs=["antihistamines"], by=front_desk, at=NOON)
    with pytest.raises(Refused, match="nonsense"):
        statements.identify(kestine, slugs=["nonsense"], by=nurse, at=NOON)
    statements.identify(kestine, slugs=["antihistamines"], by=nurse, at=NOON)

    assert not patient.medicines.unchecked().exists()
    assert patient.medicines.get().classes == ["antihistamines"]


@pytest.mark.parametrize("nothing", ["none", "-", "  ", "NKDA", "no known allergies"])
def test_nothing_is_not_a_statement(patient, nurse, nothing):
    with pytest.raises(Refused) as refusal:
        statements.state_allergy(patient, nothing, by=nurse, at=NOON)

    assert refusal.value.code == "nothing_stated"


def test_a_stranger_settles_nothing(patient, nurse, stranger):
    soy = statements.state_allergy(patient, "soy", by=nurse, at=NOON)

    with pytest.raises(Refused, match="nurse or a practitioner"):
        statements.end(soy, by=stranger, at=NOON)


def test_two_confirmations_at_once_confirm_once(at_once, patient, front_desk, nurse):
    soy = statements.state_allergy(patient, "soy", by=front_desk, at=NOON)

    answers = at_once(lambda _: statements.confirm(soy, by=nurse, at=NOON), range(2))

    assert [getattr(answer, "code", "ok") for answer in answers].count("already_done") == 1
    assert Event.objects.about(soy).kinds() == ["allergy.stated", "statement.confirmed"]
    assert Allergy.objects.get().state == StatementState.CONFIRMED
