from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import NOON
from tests.factories.plans import AFTER, BEFORE, areas
from treatments import scores
from treatments.actions import outcomes
from treatments.models import OutcomeMeasure

LATER = NOON + timedelta(days=77)


def url(name, *args):
    return reverse(f"treatments:{name}", args=args)


def marks(grades, **more):
    """What the form of MASI or mMASI sends."""
    names = ("area", "darkness", "homogeneity")
    cells = {f"{row}-{name}": mark for row, given in grades.items() for name, mark in zip(names, given, strict=True)}
    return {"rated_on": "2025-02-03", "rater": "clinician", **cells, **more}


def rate(patient, by, grades, on, **values):
    return outcomes.rate(patient, measure="mmasi", items=areas(grades), rated_on=on.date(), by=by, at=LATER, **values)


def test_whoever_is_not_logged_in_is_sent_to_log_in(client, patient):
    assert client.get(url("outcome_list", patient.pk)).headers["Location"].startswith("/accounts/login/")


def test_another_clinic_finds_nothing(as_user, stranger, patient):
    assert as_user(stranger).get(url("outcome_list", patient.pk)).status_code == 404
    assert as_user(stranger).get(url("outcome_rate", patient.pk, "mmasi")).status_code == 404


@pytest.mark.parametrize("reader", ["owner", "front_desk", "auditor"])
def test_scores_are_for_those_who_treat(request, as_user, patient, reader):
    browser = as_user(request.getfixturevalue(reader))

    assert browser.get(url("outcome_list", patient.pk)).status_code == 403
    assert browser.get(url("outcome_rate", patient.pk, "mmasi")).status_code == 403


def test_a_practitioner_finds_no_scores_of_somebody_else_s_patient(as_user, colleague, patient):
    assert as_user(colleague).get(url("outcome_list", patient.pk)).status_code == 404


@pytest.mark.parametrize("measure", list(scores.MEASURES))
def test_every_measure_has_its_page(as_user, practitioner, house, patient, measure):
    assert as_user(practitioner).get(url("outcome_rate", patient.pk, measure)).status_code == 200


def test_an_unknown_measure_has_none(as_user, practitioner, patient):
    assert as_user(practitioner).get(url("outcome_rate", patient.pk, "beauty")).status_code == 404


def test_case_1_is_rated_on_the_page(as_user, practitioner, plan, patient):
    browser = as_user(practitioner)
    for measure in ("mmasi", "masi"):
        browser.post(url("outcome_rate", patient.pk, measure), marks(BEFORE, plan=plan.pk))
        browser.post(url("outcome_rate", patient.pk, measure), marks(AFTER, plan=plan.pk, rated_on="2025-04-21"))

    page = browser.get(reverse("treatments:plan_detail", args=[plan.pk])).content.decode()

    assert [str(row.score.normalize()) for row in OutcomeMeasure.objects.order_by("pk")] == [
        "10.1",
        "6.1",
        "19.2",
        "13.4",
    ]
    assert "-39.60" in page
    assert "-30.21" in page
    assert '<svg class="series-chart"' in page


@pytest.mark.parametrize(
    ("measure", "sent", "score"),
    [
        ("gais", {"value": "much_improved"}, "2"),
        ("dlqi", {"total": "11"}, "11"),
        ("satisfaction", {"value": "satisfied"}, "4"),
        ("vas", {"value": "3,5"}, "3.5"),
        ("hair-density", {"hairs": "128", "area_cm2": "0,90"}, "142.2"),
        ("circumference", {"first": "58,4", "second": "58,2", "weight_kg": "68"}, "58.3"),
        ("norwood-hamilton", {"stage": "III-vertex"}, "6"),
        ("fitzpatrick-wrinkle", {"value": "4", "site": "perioral"}, "4"),
        ("nurnberger-muller", {"grade": "2"}, "2"),
        ("odi", {"percent": "22"}, "22"),
    ],
)
def test_each_measure_is_scored_from_its_answers(as_user, practitioner, house, patient, measure, sent, score):
    answer = as_user(practitioner).post(
        url("outcome_rate", patient.pk, measure), {"rated_on": "2025-02-03", "rater": "clinician", **sent}
    )

    assert answer.headers["Location"] == url("outcome_list", patient.pk)
    assert str(OutcomeMeasure.objects.get().score.normalize()) == score


def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(as_user, practitioner, house, patient):
    sent = marks({**BEFORE, "forehead": (0, 3, 2)})

    page = as_user(practitioner).post(url("outcome_rate", patient.pk, "masi"), sent)

    assert page.status_code == 422
    assert "an area score of 0 goes with darkness 0" in page.content.decode()
    assert page.content.decode().count(" selected>4: 50–69 %") == 2
    assert not OutcomeMeasure.objects.exists()


def test_the_hint_says_the_score_before_it_is_saved(as_user, practitioner, plan, patient):
    rate(patient, practitioner, BEFORE, NOON, plan=plan)
    browser, address = as_user(practitioner), url("outcome_hint", patient.pk, "mmasi")

    full = browser.get(address, marks(AFTER, plan=plan.pk)).content.decode()
    partly = browser.get(address, {"rated_on": "2025-02-03", "rater": "clinician", "forehead-area": "3"})
    wrong = browser.get(address, marks({**AFTER, "chin": (0, 1, 1)}, plan=plan.pk)).content.decode()

    assert "6.1" in full
    assert "-39.60" in full
    assert "7 answers are missing" in partly.content.decode()
    assert "area score of 0" in wrong
    assert OutcomeMeasure.objects.count() == 1


def test_a_score_is_set_aside_with_a_reason(as_user, practitioner, plan, patient):
    wrong = rate(patient, practitioner, AFTER, NOON, plan=plan)
    browser = as_user(practitioner)

    browser.post(url("outcome_mark_error", wrong.pk), {"reason": "Another patient's sheet"})

    wrong.refresh_from_db()
    assert (wrong.entered_in_error, wrong.error_reason) == (True, "Another patient's sheet")
    assert browser.get(url("outcome_mark_error", wrong.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_the_scores_ask_the_database_as_often_for_one_as_for_many(
    as_user, practitioner, plan, patient, django_assert_max_num_queries, count
):
    for number in range(count):
        rate(patient, practitioner, BEFORE, NOON + timedelta(days=number), plan=plan)
    browser = as_user(practitioner)
    browser.get(url("outcome_list", patient.pk))

    with django_assert_max_num_queries(16):
        browser.get(url("outcome_list", patient.pk))
