"""A clinician corrects a case: its facts follow, its history stays, and only who treats frees a plan by it."""

import pytest

from common.refused import Refused
from safety.actions import reviews, side_effects
from tests.factories.safety import days, report

pytestmark = pytest.mark.django_db


def review(case, by, **changes):
    values = {
        "effect": case.effect.slug,
        "grade": case.grade,
        "serious": case.serious,
        "zone": case.zone,
        "side": case.side,
        "onset_at": case.onset_at,
        "reason": "looked at it",
        **changes,
    }
    return reviews.review(case, **values, by=by, at=days(30))


def test_what_becomes_red_holds_the_plan_and_calls(signed_session, practitioner):
    case = report(signed_session, by=practitioner)

    case = review(case, practitioner, grade=3)

    case.plan.refresh_from_db()
    assert (case.is_red, case.expected, case.plan.state) == (True, False, "paused")
    assert "Grade: 1 → 3" in case.steps.order_by("-pk").first().note


def test_what_becomes_serious_later_is_put_before_the_director_too(signed_session, practitioner, second_doctor):
    practitioner.memberships.update(is_medical_director=False)
    practitioner.memberships.model.objects.filter(pk=second_doctor.membership_id).update(is_medical_director=True)
    case = report(signed_session, grade=3, by=practitioner)
    called = case.clinic.tasks.open().filter(kind="side_effect")
    assert {task.assignee.user for task in called.all()} == {practitioner}

    review(case, practitioner, serious=["hospitalisation"])

    assert {task.assignee.user for task in called.all()} == {practitioner, second_doctor.membership.user}


def test_what_is_no_longer_red_frees_the_plan(signed_session, practitioner):
    case = report(signed_session, grade=3, by=practitioner)

    case = review(case, practitioner, grade=1)

    case.plan.refresh_from_db()
    assert (case.is_red, case.pauses_plan, case.plan.state) == (False, False, "active")


def test_a_nurse_corrects_but_does_not_free_a_plan(signed_session, practitioner, nurse):
    case = report(signed_session, grade=3, by=practitioner)

    with pytest.raises(Refused, match="practitioner"):
        review(case, nurse, grade=1)
    assert review(case, nurse, grade=3, effect="pain").effect.slug == "pain"


def test_suspects_are_weighed_again_and_what_was_judged_stays(signed_session, practitioner):
    case = report(signed_session, onset_at=days(14), by=practitioner)
    assert {row.ticked for row in case.suspects.all()} == {False}
    judged = case.suspects.order_by("pk").first()
    side_effects.tick(judged, ticked=False, note="another patient had it without", by=practitioner, at=days(15))

    case = review(case, practitioner, effect="nodule", grade=2)

    assert {row.in_window for row in case.suspects.all()} == {True}
    assert [row.ticked for row in case.suspects.order_by("pk")].count(False) == 1
    assert case.suspects.get(pk=judged.pk).note == "another patient had it without"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"grade": 1}, "Nothing was changed"),
        ({"grade": 2, "reason": " "}, "Say why"),
        ({"grade": 5}, "belong together"),
        ({"onset_at": days(40)}, "in the future"),
        ({"onset_at": days(-2)}, "before the session"),
        ({"side": "left"}, "that side"),
        ({"effect": "glow"}, "not in the list"),
    ],
)
def test_what_cannot_be_is_refused(signed_session, practitioner, changes, said):
    with pytest.raises(Refused, match=said):
        review(report(signed_session, by=practitioner), practitioner, **changes)


def test_a_closed_case_is_opened_first(signed_session, practitioner):
    case = report(signed_session, by=practitioner)
    side_effects.close(case, outcome="recovered", by=practitioner, at=days(3))
    case.refresh_from_db()

    with pytest.raises(Refused, match="Open it again"):
        review(case, practitioner, grade=2)


def test_the_front_desk_corrects_nothing(signed_session, practitioner, front_desk):
    with pytest.raises(Refused, match="clinician"):
        review(report(signed_session, by=practitioner), front_desk, grade=2)


def test_the_page_and_the_count(signed_session, practitioner, as_user):
    case = report(signed_session, grade=3, by=practitioner)
    browser = as_user(practitioner)

    count = browser.get("/safety/count/").content.decode()
    assert "rail-count-red" in count
    assert ">1<" in count
    page = browser.get(f"/safety/{case.pk}/review/")
    values = {
        "effect": "swelling", "grade": 3, "onset_at": "2025-02-03T12:30", "zone": "malar", "side": "left",
        "reason": "seen", "serious": ["hospitalisation"],
    }  # fmt: skip
    answer = browser.post(f"/safety/{case.pk}/review/", values)
    case.refresh_from_db()
    assert page.status_code == 200
    assert answer.status_code == 302, answer.content.decode()
    assert (case.effect.slug, case.serious, case.zone.slug) == ("swelling", ["hospitalisation"], "malar")
    assert browser.get("/safety/count/").content.decode().strip() == ""


def test_the_api_corrects_and_lists_red_first(signed_session, practitioner, api):
    mild, hard = report(signed_session, by=practitioner), report(signed_session, grade=3, by=practitioner)
    newest = report(signed_session, "itch", by=practitioner)
    door = api(practitioner)

    found = door.get("/api/v1/side-effects/").json()["results"]
    assert [row["id"] for row in found] == [hard.pk, newest.pk, mild.pk]
    body = {"effect": "itch", "grade": 2, "onset_at": mild.onset_at.isoformat(), "reason": "asked again"}
    answer = door.post(f"/api/v1/side-effects/{mild.pk}/review/", body)
    assert (answer.status_code, answer.json()["effect"], answer.json()["grade"]) == (200, "itch", 2)
    assert [row["id"] for row in door.get("/api/v1/side-effects/?red=true").json()["results"]] == [hard.pk]
