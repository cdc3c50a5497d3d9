from datetime import timedelta

import pytest

from tests.cast import NOON
from tests.factories.plans import AFTER, BEFORE, areas
from treatments.actions import outcomes
from treatments.models import OutcomeMeasure

OUTCOMES = "/api/v1/outcomes/"


def body(plan, grades=BEFORE, rated_on="2025-02-03", **values):
    return {
        "patient": plan.patient_id,
        "plan": plan.pk,
        "measure": "mmasi",
        "rated_on": rated_on,
        "items": areas(grades),
        **values,
    }


def test_case_1_falls_as_it_should(api, practitioner, plan):
    machine = api(practitioner)

    first = machine.post(OUTCOMES, body(plan)).json()
    last = machine.post(OUTCOMES, body(plan, AFTER, "2025-04-21")).json()
    machine.post(OUTCOMES, body(plan, measure="masi"))
    masi = machine.post(OUTCOMES, body(plan, AFTER, "2025-04-21", measure="masi")).json()

    assert (first["score"], first["complete"], first["change_percent"]) == ("10.1", True, None)
    assert (last["score"], last["change_percent"]) == ("6.1", "-39.6")
    assert (masi["score"], masi["change_percent"]) == ("13.4", "-30.21")
    listed = machine.get(f"{OUTCOMES}?patient={plan.patient_id}").json()["results"]
    assert [row["change_percent"] for row in listed] == ["-30.21", None, "-39.6", None]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"items": {"forehead": {"area": 9}}}, "must lie between 0 and 6"),
        ({"measure": "beauty"}, "is not a measure"),
        ({"rated_on": "2099-01-01"}, "day to come"),
        ({"items": "many"}, "items"),
        ({"zone": "the-moon"}, "zone"),
        ({"plan": 999_999}, "plan"),
        ({"score": "0"}, "score"),
    ],
)
def test_what_cannot_be_right_is_answered_in_a_sentence(api, practitioner, plan, values, words):
    answer = api(practitioner).post(OUTCOMES, body(plan) | values)

    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert not OutcomeMeasure.objects.exists()


def test_an_incomplete_measure_waits(api, practitioner, plan):
    answer = api(practitioner).post(OUTCOMES, body(plan, items={"forehead": {"area": 3, "darkness": 1}}))

    assert (answer.status_code, answer.json()["score"], answer.json()["complete"]) == (201, None, False)


def test_who_rates_and_who_does_not(api, client, nurse, owner, front_desk, auditor, colleague, stranger, plan):
    assert client.get(OUTCOMES).status_code == 401
    assert api(nurse).post(OUTCOMES, body(plan)).status_code == 201
    for reader in (owner, front_desk, auditor):
        assert api(reader).get(OUTCOMES).status_code == 403
        assert api(reader).post(OUTCOMES, body(plan)).status_code == 403
    for other in (colleague, stranger):
        assert api(other).post(OUTCOMES, body(plan)).status_code == 404
        assert api(other).get(OUTCOMES).json()["results"] == []


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_asks_the_database_as_often_for_one_as_for_many(
    api, practitioner, plan, patient, count, django_assert_num_queries
):
    for number in range(count):
        outcomes.rate(
            patient,
            measure="mmasi",
            items=areas(BEFORE),
            plan=plan,
            rated_on=NOON.date() + timedelta(days=number),
            by=practitioner,
            at=NOON + timedelta(days=9),
        )
    machine = api(practitioner)
    machine.get(OUTCOMES)

    with django_assert_num_queries(3):
        assert len(machine.get(OUTCOMES).json()["results"]) == count
