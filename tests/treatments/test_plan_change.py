from datetime import date

import pytest
from django.urls import reverse

from audit.models import Event
from common.refused import Refused
from scheduling.actions import courses
from scheduling.models import Course
from tests.cast import NOON
from tests.factories import scheduling as calendar
from tests.factories.cases import lines
from treatments.actions import plans, sessions
from treatments.models import PlanStateChange


def course(plan):
    return Course.objects.get(pk=plan.course_id)


def test_a_paused_plan_cannot_be_booked_and_says_why(plan, practitioner):
    paused = plans.pause(plan, reason="On holiday until April", by=practitioner, at=NOON)

    assert (paused.state, paused.state_reason) == ("paused", "On holiday until April")
    assert (course(plan).blocked_code, course(plan).blocked_sentence) == ("plan_paused", "On holiday until April")
    assert course(plan).blocked_url == f"/treatments/plans/{plan.pk}/"
    assert "plan.paused" in Event.objects.about(plan).kinds()


def test_a_resumed_plan_can_be_booked_again(plan, practitioner):
    plans.pause(plan, reason="On holiday", by=practitioner, at=NOON)

    resumed = plans.resume(plan, reason="Back", code="plan_paused", by=practitioner, at=NOON)

    assert resumed.state == "active"
    assert course(plan).blocked_code == ""
    assert [each.state for each in PlanStateChange.objects.order_by("pk")] == ["paused", "active"]


def test_the_pause_of_a_side_effect_is_not_lifted_from_the_plan(plan, practitioner):
    sentence = "A nodule is being looked at."
    plans.pause(plan, reason=sentence, code="open_side_effect", url="/safety/4/", by=practitioner, at=NOON)

    with pytest.raises(Refused, match="nodule") as refused:
        plans.resume(plan, reason="It will be fine", code="plan_paused", by=practitioner, at=NOON)

    assert (refused.value.code, refused.value.reasons[0].url) == ("open_side_effect", "/safety/4/")
    assert course(plan).blocked_code == "open_side_effect"


def test_an_ended_plan_stays_ended(plan, practitioner):
    ended = plans.discontinue(plan, reason="She moves away", by=practitioner, at=NOON)

    assert (ended.state, ended.ended_by) == ("discontinued", practitioner)
    assert course(plan).is_live is False
    for change in (plans.pause, plans.resume, plans.complete, plans.discontinue):
        with pytest.raises(Refused) as refused:
            change(plan, reason="Again", by=practitioner, at=NOON)
        assert refused.value.code == "wrong_state"


def test_a_completed_plan_closes_its_course(plan, practitioner):
    assert plans.complete(plan, by=practitioner, at=NOON).state == "completed"
    assert course(plan).is_live is False


def test_a_pause_gives_its_reason(plan, practitioner):
    with pytest.raises(Refused, match="Say why") as refused:
        plans.pause(plan, reason="  ", by=practitioner, at=NOON)

    assert refused.value.code == "reason_needed"


def test_a_failure_in_the_middle_of_a_pause_leaves_the_plan_going_on(plan, practitioner, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.plans.courses.block", broken)

    with pytest.raises(RuntimeError):
        plans.pause(plan, reason="On holiday", by=practitioner, at=NOON)

    plan.refresh_from_db()
    assert plan.state == "active"
    assert not PlanStateChange.objects.exists()


@pytest.fixture
def booked(plan, doctor):
    """The second and the third session stand in the calendar."""
    kind = plan.course.visits.get(ordinal=1).kind
    for ordinal, day in ((2, date(2025, 2, 10)), (3, date(2025, 2, 17))):
        visit = plan.course.visits.select_related("course").get(ordinal=ordinal)
        hour = calendar.local(day, "10:00")
        calendar.booked(plan.clinic, plan.patient, doctor, kind, hour, course_visit=visit)
    return plan


def left_out(plan):
    rows = plan.planned_sessions.order_by("ordinal").values_list("ordinal", "visit__skipped", "skip_reason")
    return [(ordinal, reason) for ordinal, skipped, reason in rows if skipped]


@pytest.mark.parametrize("end", [plans.complete, plans.discontinue])
def test_what_is_left_of_an_ended_plan_is_left_out_with_its_reason(plan, practitioner, end):
    courses.mark_done(plan.course.visits.get(ordinal=1), on=NOON.date(), by=practitioner, at=NOON)

    end(plan, reason="The aim is reached", by=practitioner, at=NOON)

    assert left_out(plan) == [(ordinal, "The aim is reached") for ordinal in range(2, 7)]
    assert {each.skipped_by for each in plan.planned_sessions.exclude(ordinal=1)} == {practitioner}
    assert [line.status for line in lines(plan)] == ["done"] + 5 * ["skipped"]


@pytest.mark.parametrize("end", [plans.complete, plans.discontinue])
def test_a_plan_with_booked_visits_ends_with_them_only_when_that_is_said(booked, practitioner, end):
    with pytest.raises(Refused) as refused:
        end(booked, reason="She moves away", by=practitioner, at=NOON)
    assert refused.value.code == "visits_booked"
    assert [each["ordinal"] for each in refused.value.extra["visits"]] == [2, 3]
    assert "session 2 on 10 February 2025, 10:00" in refused.value.detail
    assert left_out(booked) == []
    assert booked.patient.appointments.live().count() == 2

    end(booked, reason="She moves away", cancel_visits=True, by=practitioner, at=NOON)

    told = booked.patient.appointments.order_by("starts_at").values_list("status", "cancel_reason")
    assert list(told) == [("cancelled", "She moves away")] * 2
    assert len(left_out(booked)) == 6


def test_a_failure_while_the_rest_is_left_out_cancels_nothing(booked, practitioner, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.plans.courses.end", broken)
    with pytest.raises(RuntimeError):
        plans.discontinue(booked, reason="She moves away", cancel_visits=True, by=practitioner, at=NOON)

    booked.refresh_from_db()
    assert (booked.state, left_out(booked)) == ("active", [])
    assert booked.patient.appointments.live().count() == 2


def test_a_session_that_is_under_way_is_finished_or_given_up_first(open_session, practitioner):
    with pytest.raises(Refused, match="Session 1 is under way") as refused:
        plans.discontinue(open_session.plan, reason="She moves away", by=practitioner, at=NOON)
    assert refused.value.reasons[0].url == f"/treatments/sessions/{open_session.pk}/"

    sessions.abandon(open_session, reason="She feels faint", by=practitioner, at=NOON)
    plans.discontinue(open_session.plan, reason="She moves away", by=practitioner, at=NOON)

    assert len(left_out(open_session.plan)) == 6


def test_the_page_lists_what_is_booked_and_cancels_it_once_confirmed(as_user, time_machine, booked, practitioner):
    time_machine.move_to(NOON, tick=False)
    page, url = as_user(practitioner), reverse("treatments:plan_change", args=[booked.pk, "discontinue"])
    shown = page.get(url).content.decode()
    assert "Visits that are still booked" in shown
    assert shown.count("/scheduling/visits/") == 2

    assert page.post(url, {"reason": "She moves away"}).status_code == 422
    assert booked.patient.appointments.live().count() == 2
    page.post(url, {"reason": "She moves away", "cancel_visits": "on"})

    booked.refresh_from_db()
    assert booked.state == "discontinued"
    assert not booked.patient.appointments.live().exists()
    detail = page.get(reverse("treatments:plan_detail", args=[booked.pk])).content.decode()
    assert detail.count("Left out") == 6


def test_the_machines_door_names_the_visits_or_cancels_them(api, time_machine, booked, practitioner):
    time_machine.move_to(NOON, tick=False)
    door, url = api(practitioner), f"/api/v1/plans/{booked.pk}/discontinue/"
    refused = door.post(url, {"reason": "She moves away"})
    assert (refused.status_code, refused.json()["code"]) == (409, "visits_booked")
    assert [each["ordinal"] for each in refused.json()["visits"]] == [2, 3]

    ended = door.post(url, {"reason": "She moves away", "cancel_visits": True})

    assert (ended.status_code, ended.json()["state"]) == (200, "discontinued")
    assert {each["status"] for each in ended.json()["planned_sessions"]} == {"skipped"}
