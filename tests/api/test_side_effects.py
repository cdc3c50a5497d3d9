from datetime import timedelta

import pytest

from tests.factories.safety import days, report

URL = "/api/v1/side-effects/"


@pytest.fixture
def later(time_machine, signed_session):
    time_machine.move_to(days(15), tick=False)
    return signed_session


@pytest.fixture
def body(later):
    return {
        "patient": later.patient_id,
        "session": later.pk,
        "effect": "nodule",
        "zone": "malar",
        "side": "right",
        "onset_at": days(14).isoformat(),
        "grade": 2,
        "serious": [],
    }


def test_a_side_effect_is_answered_with_its_suspects(api, practitioner, body, stock):
    answer = api(practitioner).post(URL, body)

    assert answer.status_code == 201, answer.content
    case = answer.json()
    assert {(each["kind"], each["id"], each["latency_hours"]) for each in case["suspects"]} == {
        ("lot", lot.pk, 336) for lot in stock.values()
    }
    assert (case["red"], case["pauses_plan"], case["expected"], case["state"]) == (True, True, False, "new")


def test_a_paused_plan_is_not_booked(api, practitioner, body, later, front_desk):
    case = api(practitioner).post(URL, body).json()
    visit = later.plan.planned_sessions.get(ordinal=2)
    wanted = {
        "patient": later.patient_id,
        "kind": visit.visit.kind_id,
        "practitioner": later.practitioner_id,
        "planned_session": visit.pk,
        "starts_at": (days(17)).replace(hour=9, minute=0).isoformat(),
    }

    refused = api(front_desk).post("/api/v1/appointments/", wanted)

    assert refused.status_code == 409, refused.content
    reason = next(each for each in refused.json()["reasons"] if each["code"] == "open_side_effect")
    assert reason["fix_url"] == f"/safety/{case['id']}/"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"expected": True}, 400),
        ({"effect": "glow"}, 400),
        ({"grade": 6}, 400),
        ({"serious": ["dreadful"]}, 400),
        ({"zone": "moon"}, 400),
        ({"zone": "forehead"}, 400),
        ({"session": 999999}, 400),
        ({"patient": 999999}, 404),
        ({"onset_at": "2025-03-30T02:30:00"}, 400),
    ],
)
def test_what_cannot_be_is_refused(api, practitioner, body, change, status):
    answer = api(practitioner).post(URL, {**body, **change})

    assert answer.status_code == status, answer.content


def test_a_case_is_moved_on_closed_and_the_plan_goes_on(api, practitioner, body, later):
    door = api(practitioner)
    case = door.post(URL, body).json()

    assert door.post(f"{URL}{case['id']}/move/", {"state": "reviewing"}).json()["state"] == "reviewing"
    assert door.post(f"{URL}{case['id']}/close/", {"outcome": "unknown"}).json()["code"] == "reason_needed"
    assert door.post(f"{URL}{case['id']}/close/", {"outcome": "recovered"}).json()["state"] == "closed"

    later.plan.refresh_from_db()
    assert later.plan.state == "active"


def test_a_practitioner_lets_the_plan_go_on(api, practitioner, nurse, body):
    case = api(practitioner).post(URL, body).json()

    assert api(nurse).post(f"{URL}{case['id']}/lift/", {"reason": "Fine"}).status_code == 403
    lifted = api(practitioner).post(f"{URL}{case['id']}/lift/", {"reason": "Superficial"}).json()

    assert lifted["lifted_at"]


def test_who_reads_and_who_writes(api, later, practitioner, nurse, owner, auditor, front_desk, stranger):
    case = report(later, by=practitioner)
    one = f"{URL}{case.pk}/"

    assert [api(each).get(one).status_code for each in (practitioner, nurse, owner, auditor)] == [200] * 4
    assert [api(each).get(one).status_code for each in (front_desk, stranger)] == [403, 404]
    assert [api(each).post(URL, {}).status_code for each in (owner, auditor, front_desk)] == [403] * 3


def test_the_list_is_filtered_and_takes_few_queries(api, practitioner, later, django_assert_max_num_queries):
    for _number in range(3):
        report(later, by=practitioner, onset_at=days(0) + timedelta(hours=1))
    door = api(practitioner)
    door.get(URL)

    with django_assert_max_num_queries(14):
        rows = door.get(URL, {"patient": later.patient_id}).json()["results"]

    assert len(rows) == 3
    assert door.get(URL, {"state": "closed"}).json()["results"] == []
