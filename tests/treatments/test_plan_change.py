import pytest

from audit.models import Event
from common.refused import Refused
from scheduling.models import Course
from tests.cast import NOON
from treatments.actions import plans
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
