"""A machine proposes and books a whole course."""

from datetime import timedelta

import pytest

from scheduling.models import Appointment
from tests.factories import scheduling as calendar
from tests.factories.plans import start

FAR = calendar.MONDAY.replace(year=2031, month=3, day=3)  # a Monday that lies ahead of every clock
DAYS = [(FAR + timedelta(days=n)).isoformat() for n in (0, 7, 14, 21, 35, 49)]
KEYS = {
    "ordinal", "starts_at", "ends_at", "practitioner", "room", "location", "earliest_on", "target_on", "latest_on",
}  # fmt: skip


@pytest.fixture
def plan(house, patient, doctor):
    type(doctor).objects.update(licence_expires_on=FAR + timedelta(days=400))
    doctor.refresh_from_db()
    return start(patient, doctor, start_on=FAR)


@pytest.fixture
def path(plan):
    return f"/api/v1/plans/{plan.pk}/"


def proposed(machine, path, **body):
    answer = machine.post(f"{path}propose/", body)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_what_is_proposed_is_booked_as_it_came(api, front_desk, path, plan):
    machine = api(front_desk)
    proposal = proposed(machine, path)

    assert set(proposal) == {"choices", "unplaced"}
    assert set(proposal["choices"][0]) == KEYS
    assert [each["ordinal"] for each in proposal["choices"]] == [1, 2, 3, 4, 5, 6]
    assert [each["starts_at"][:10] for each in proposal["choices"]] == DAYS

    answer = machine.post(f"{path}book/", {"choices": proposal["choices"]})

    assert answer.status_code == 201
    booked = answer.json()
    assert [each["starts_at"] for each in booked["appointments"]] == [each["starts_at"] for each in proposal["choices"]]
    assert {each["status"] for each in booked["planned_sessions"]} == {"booked"}
    assert plan.course.visits.filter(appointment__isnull=False).count() == 6
    assert proposed(machine, path) == {"choices": [], "unplaced": []}


def test_preferences_are_followed_from_one_visit_on(api, practitioner, path):
    proposal = proposed(
        api(practitioner),
        path,
        from_ordinal=2,
        preferences={"weekdays": ["wednesday"], "from": "15:00", "to": "18:00"},
    )

    assert [each["ordinal"] for each in proposal["choices"]] == [2, 3, 4, 5, 6]
    assert {each["starts_at"][11:16] for each in proposal["choices"]} == {"15:00"}
    assert proposal["choices"][0]["starts_at"][:10] == "2031-03-12"


def test_a_settled_choice_is_counted_from(api, practitioner, doctor, path):
    settled = {"ordinal": 1, "starts_at": "2031-03-05T10:00:00+01:00", "practitioner": doctor.pk}

    proposal = proposed(api(practitioner), path, choices=[settled])

    assert [each["starts_at"][:10] for each in proposal["choices"]][:2] == ["2031-03-05", "2031-03-12"]


def test_a_visit_without_a_time_has_a_code_and_a_sentence(api, front_desk, house, path):
    house.closures.create(starts_on=FAR + timedelta(days=6), ends_on=FAR + timedelta(days=12), name="Holiday")

    unplaced = proposed(api(front_desk), path)["unplaced"]

    assert [(each["ordinal"], each["code"]) for each in unplaced] == [(2, "outside_hours")]
    assert "next free time is" in unplaced[0]["message"]


def test_a_time_that_is_taken_names_its_visit_and_offers_others(api, front_desk, house, path, doctor, other_patient):
    machine = api(front_desk)
    choices = proposed(machine, path)["choices"]
    moment = calendar.local(FAR + timedelta(days=21), "09:00")
    calendar.booked(house, other_patient, doctor, calendar.kind(house), moment)

    answer = machine.post(f"{path}book/", {"choices": choices})

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["ordinal"]) == (409, "slot_taken", 4)
    assert problem["alternatives"]
    assert Appointment.objects.count() == 1


def test_the_same_key_books_once(api, front_desk, path):
    machine = api(front_desk)
    choices = proposed(machine, path)["choices"]

    answers = [machine.post(f"{path}book/", {"choices": choices}, HTTP_IDEMPOTENCY_KEY="series-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Appointment.objects.count() == 6


@pytest.mark.parametrize("who", ["auditor"])
def test_whoever_may_not_book_proposes_nothing(request, api, path, who):
    machine = api(request.getfixturevalue(who))

    assert machine.post(f"{path}propose/", {}).status_code == 403
    assert machine.post(f"{path}book/", {"choices": []}).status_code == 403


@pytest.mark.parametrize("who", ["stranger", "colleague"])
def test_another_s_plan_does_not_exist(request, api, second_doctor, path, who):
    machine = api(request.getfixturevalue(who))

    assert machine.post(f"{path}propose/", {}).status_code == 404
    assert machine.post(f"{path}book/", {"choices": []}).status_code == 404


def test_a_practitioner_is_offered_their_own_calendar(api, practitioner, doctor, second_doctor, location, path):
    type(doctor).objects.update(licence_expires_on=FAR + timedelta(days=400))
    calendar.open_week(location, second_doctor)

    choices = proposed(api(practitioner), path)["choices"]

    assert {each["practitioner"] for each in choices} == {doctor.pk}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"from": 2}, "unknown_field"),
        ({"preferences": {"weekdays": ["someday"]}}, "invalid"),
        ({"preferences": {"from": "18:00", "to": "09:00"}}, "invalid"),
        ({"from_ordinal": 0}, "invalid"),
    ],
)
def test_a_body_that_makes_no_sense_is_said_so(api, front_desk, path, body, code):
    answer = api(front_desk).post(f"{path}propose/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
