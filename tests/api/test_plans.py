import pytest

from patients.actions import care_teams, statements
from scheduling.actions import courses
from tests.cast import NOON, PASSWORD
from tests.factories import patients as people
from tests.factories.plans import protocol, start
from treatments.models import Declined, TreatmentPlan

PLANS = "/api/v1/plans/"
CASE_1 = ["2025-02-03", "2025-02-10", "2025-02-17", "2025-02-24", "2025-03-10", "2025-03-24"]


@pytest.fixture
def body(house, patient, doctor):
    """Case 1, as a machine sends it."""
    return {
        "patient": patient.pk,
        "protocol": "melasma-vitc-gsh-6",
        "start_on": "2025-02-03",
        "practitioner": doctor.pk,
    }


def test_case_1_runs_on_its_six_days(api, practitioner, body):
    answer = api(practitioner).post(PLANS, {**body, "price": "115.00"})

    plan = answer.json()
    assert answer.status_code == 201
    assert [each["target_on"] for each in plan["planned_sessions"]] == CASE_1
    assert [each["phase"] for each in plan["planned_sessions"]] == [1, 1, 1, 1, 2, 2]
    assert {each["status"] for each in plan["planned_sessions"]} == {"due"}
    assert plan["ingredients"] == ["vitamin-c", "glutathione", "sodium-chloride"]
    assert (plan["price_per_session"], plan["currency"]) == ("115", "EUR")
    assert plan["planned_sessions"][1]["earliest_on"] == "2025-02-10"
    assert plan["planned_sessions"][1]["latest_on"] == "2025-02-13"


@pytest.mark.parametrize("address", [PLANS, "/api/v1/protocols/", "/api/v1/declines/"])
def test_whoever_says_not_who_they_are_is_refused(client, address):
    assert client.get(address).status_code == 401


def test_another_clinic_finds_nothing(api, stranger, plan, body):
    machine = api(stranger)

    assert machine.get(f"{PLANS}{plan.pk}/").status_code == 404
    assert machine.post(PLANS, body).status_code == 404
    assert machine.post(f"{PLANS}{plan.pk}/pause/", {"reason": "x"}).status_code == 404
    assert machine.get(PLANS).json()["results"] == []


@pytest.mark.parametrize("reader", ["front_desk", "auditor"])
def test_a_plan_is_for_those_who_treat(request, api, plan, body, reader):
    machine = api(request.getfixturevalue(reader))

    assert machine.get(f"{PLANS}{plan.pk}/").status_code == 403
    assert machine.post(PLANS, body).status_code == 403


@pytest.mark.parametrize("reader", ["owner", "nurse"])
def test_owner_and_nurse_read_and_agree_nothing(request, api, plan, body, reader):
    machine = api(request.getfixturevalue(reader))

    assert machine.get(f"{PLANS}{plan.pk}/").status_code == 200
    assert machine.post(PLANS, body).json()["code"] == "not_allowed"


def test_a_practitioner_reaches_only_their_own_patients(api, colleague, second_doctor, plan, body):
    machine = api(colleague)

    assert machine.get(f"{PLANS}{plan.pk}/").status_code == 404
    assert machine.post(PLANS, {**body, "start_on": "2025-06-02"}).status_code == 404


@pytest.mark.parametrize(
    ("values", "status", "code", "words"),
    [
        ({"sessions": 16}, 400, "session_count_out_of_range", "from 3 to 15 sessions, not 16"),
        ({"sessions": 2}, 400, "session_count_out_of_range", "from 3 to 15 sessions, not 2"),
        ({"sessions": 11}, 409, "session_count", "from 3 to 10 sessions, not 11"),
        ({"start_on": "2025-02-09"}, 409, "outside_hours", "next open day is 2025-02-10"),
        ({"start_on": "soon"}, 400, "invalid", "start_on"),
        ({"colour": "blue"}, 400, "unknown_field", "colour"),
        ({"protocol": "nothing-like-it"}, 400, "invalid", "protocol"),
        ({"practitioner": 999_999}, 400, "invalid", "practitioner"),
        ({"ingredients": ["moon-dust"]}, 400, "invalid", "ingredients"),
        ({"formulation": 999_999}, 400, "invalid", "formulation"),
        ({"price": "much"}, 400, "invalid", "price"),
    ],
)
def test_what_cannot_be_a_plan_is_answered_in_a_sentence(api, practitioner, body, values, status, code, words):
    answer = api(practitioner).post(PLANS, {**body, **values})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert words in answer.json()["detail"]
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not TreatmentPlan.objects.exists()


def test_the_next_open_day_comes_with_the_refusal(api, practitioner, body):
    assert api(practitioner).post(PLANS, {**body, "start_on": "2025-02-09"}).json()["next_open"] == "2025-02-10"


def test_case_8_hears_everything_at_once(api, practitioner, body, priya):
    answer = api(practitioner).post(PLANS, {**body, "patient": priya.pk, "protocol": "localised-fat-pcdc-4"})

    assert answer.status_code == 409
    assert [(each["code"], each["severity"]) for each in answer.json()["reasons"]] == [
        ("protocol_unavailable", "block"),
        ("allergy", "block"),
        ("contraindication", "block"),
        ("referral_needed", "warn"),
    ]
    assert all(each["source"] for each in answer.json()["reasons"])
    assert not TreatmentPlan.objects.exists()


def test_case_8_is_declined(api, practitioner, priya):
    answer = api(practitioner).post(
        "/api/v1/declines/",
        {
            "patient": priya.pk,
            "protocol": "localised-fat-pcdc-4",
            "reasons": ["Wait until weaning"],
            "recheck_on": "2025-12-01",
        },
    )

    declined = answer.json()
    assert answer.status_code == 201
    assert [each["code"] for each in declined["findings"]][:2] == ["protocol_unavailable", "allergy"]
    assert (declined["recheck_on"], declined["reasons"]) == ("2025-12-01", ["Wait until weaning"])
    assert Declined.objects.get().by == practitioner


def test_a_warning_is_passed_with_a_reason(api, practitioner, house, body):
    amara = people.register(
        house, by=practitioner, medicines=[{"name": "ethinylestradiol/levonorgestrel", "prescribed": True}]
    )
    wish = {**body, "patient": amara.pk, "protocol": "melasma-txa-7"}
    machine = api(practitioner)

    silent = machine.post(PLANS, wish)
    spoken = machine.post(PLANS, {**wish, "overrides": [{"code": "drug_interaction", "reason": "Discussed"}]})

    assert (silent.status_code, silent.json()["code"]) == (409, "drug_interaction")
    assert spoken.status_code == 201


def test_a_block_is_passed_only_by_who_proved_who_they_are(api, practitioner, patient, body):
    practitioner.set_password(PASSWORD)
    practitioner.save()
    statements.state_condition(patient, "favism", by=practitioner, at=NOON)
    wish = {**body, "overrides": [{"code": "contraindication", "reason": "The haematologist agrees"}]}

    unproven = api(practitioner).post(PLANS, wish)
    assert (unproven.status_code, unproven.json()["code"]) == (403, "step_up_required")
    assert api(practitioner, confirmed=True).post(PLANS, wish).status_code == 201


def test_the_same_request_twice_is_one_plan(api, practitioner, body):
    machine = api(practitioner)

    answers = [machine.post(PLANS, body, HTTP_IDEMPOTENCY_KEY="one") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert TreatmentPlan.objects.count() == 1


def test_a_phase_is_decided(api, practitioner, plan):
    for planned, day in zip(
        plan.planned_sessions.select_related("visit").order_by("ordinal"), CASE_1[:4], strict=False
    ):
        courses.mark_done(planned.visit, on=day, by=practitioner, at=NOON)
    machine = api(practitioner)
    wish = {"advance": False, "improved": False, "measure": "gais", "reason": "Not lighter yet"}

    answer = machine.post(f"{PLANS}{plan.pk}/phase-decision/", wish)

    assert answer.status_code == 200
    assert [each["target_on"] for each in answer.json()["planned_sessions"]][4:] == ["2025-03-03", "2025-03-17"]
    assert machine.post(f"{PLANS}{plan.pk}/phase-decision/", wish).json()["code"] == "already_done"


def test_a_plan_is_stopped_and_goes_on(api, practitioner, plan):
    machine, address = api(practitioner), f"{PLANS}{plan.pk}/"

    assert machine.post(f"{address}pause/", {"reason": "Holiday"}).json()["state"] == "paused"
    assert machine.post(f"{address}resume/", {"reason": "Back"}).json()["state"] == "active"
    assert machine.post(f"{address}reassessment/", {"reason": "Seen"}).status_code == 200
    assert machine.post(f"{address}discontinue/", {"reason": "Moves away"}).json()["state"] == "discontinued"
    assert machine.post(f"{address}complete/", {"reason": "x"}).json()["code"] == "wrong_state"


def test_protocols_say_what_is_known_and_nothing_internal(api, front_desk, house):
    rows = api(front_desk).get("/api/v1/protocols/?limit=200").json()["results"]

    mine = next(row for row in rows if row["slug"] == "melasma-vitc-gsh-6")
    assert (mine["phases"], mine["default_sessions"], mine["evidence_grade"]) == ("4x7-10d;2x14-17d", 6, "D")
    assert mine["evidence_note"].startswith("No controlled trial")
    assert not any("internal_note" in row for row in rows)


@pytest.mark.parametrize("more", [0, 3])
def test_the_list_asks_the_database_as_often_for_one_as_for_many(
    api, practitioner, doctor, house, plan, more, django_assert_num_queries
):
    for _person in range(more):
        someone = people.register(house, by=practitioner)
        care_teams.join(someone, doctor, by=practitioner, at=NOON)
        start(someone, doctor, protocol=protocol(house))
    machine = api(practitioner)
    machine.get(PLANS)

    with django_assert_num_queries(8):
        rows = machine.get(PLANS).json()["results"]

    assert len(rows) == 1 + more
