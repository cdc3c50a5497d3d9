from datetime import timedelta

import pytest

from common.refused import Refused
from safety.actions import side_effects
from tests.factories.safety import days, report
from tests.factories.treatments import minutes
from treatments.actions import plans


@pytest.fixture
def red_case(signed_session, practitioner):
    return report(signed_session, "infection", onset_at=days(3), by=practitioner)


def fresh(plan):
    plan.refresh_from_db()
    plan.course.refresh_from_db()
    return plan


def close(case, *, by, outcome="recovered", **values):
    return side_effects.close(case, outcome=outcome, by=by, at=days(20), **values)


def test_a_case_moves_along_its_states(red_case, nurse):
    for state in ("reviewing", "waiting", "treated"):
        red_case = side_effects.move(red_case, state=state, note="…", by=nurse, at=days(4))

    assert list(red_case.steps.order_by("pk").values_list("state", flat=True)) == [
        "new",
        "reviewing",
        "waiting",
        "treated",
    ]


def test_closing_lifts_the_block_and_ends_the_task(red_case, practitioner):
    case = close(red_case, by=practitioner, note="Healed", action_taken="plan_paused")

    assert (case.state, case.outcome) == ("closed", "recovered")
    assert fresh(case.plan).state == "active"
    assert case.plan.course.blocked_code == ""
    assert not case.clinic.tasks.open().filter(kind="side_effect").exists()


def test_a_case_is_closed_with_its_outcome(red_case, practitioner):
    for outcome in ("", "unknown"):
        with pytest.raises(Refused, match="outcome"):
            close(red_case, outcome=outcome, by=practitioner)


def test_only_a_practitioner_closes_what_holds_a_plan_back(red_case, signed_session, practitioner, nurse):
    mild = report(signed_session, by=practitioner)

    with pytest.raises(Refused) as refused:
        close(red_case, by=nurse)

    assert refused.value.code == "not_allowed"
    assert close(mild, by=nurse).state == "closed"


def test_the_plan_waits_for_the_last_of_its_red_cases(red_case, signed_session, practitioner):
    other = report(signed_session, "fever", onset_at=days(3), by=practitioner)

    close(red_case, by=practitioner)

    plan = fresh(red_case.plan)
    assert (plan.state, plan.course.blocked_url) == ("paused", f"/safety/{other.pk}/")
    close(other, by=practitioner)
    assert fresh(plan).state == "active"


def test_a_practitioner_lifts_the_block_with_a_reason(red_case, practitioner, nurse):
    with pytest.raises(Refused, match="why"):
        side_effects.lift(red_case, reason=" ", by=practitioner, at=days(4))
    with pytest.raises(Refused, match="Only a practitioner"):
        side_effects.lift(red_case, reason="Superficial", by=nurse, at=days(4))

    case = side_effects.lift(red_case, reason="Superficial, treated", by=practitioner, at=days(4))

    assert (case.state, case.lift_reason) == ("new", "Superficial, treated")
    assert fresh(case.plan).state == "active"


def test_a_pause_by_hand_outlives_the_side_effect(signed_session, practitioner):
    plan = signed_session.plan
    plans.pause(plan, reason="On holiday", by=practitioner, at=minutes(60))
    case = report(signed_session, "infection", onset_at=days(3), by=practitioner)
    assert fresh(plan).course.blocked_code == "open_side_effect"

    close(case, by=practitioner)

    assert fresh(plan).state == "paused"
    assert (plan.course.blocked_code, plan.course.blocked_sentence) == ("plan_paused", "On holiday")


def test_a_pause_by_hand_does_not_hide_an_open_side_effect(red_case, practitioner):
    plan = red_case.plan
    plans.pause(plan, reason="On holiday", by=practitioner, at=days(4))
    course = fresh(plan).course
    assert (course.blocked_code, course.blocked_url) == ("open_side_effect", f"/safety/{red_case.pk}/")
    assert "side effect is open" in plan.state_reason
    with pytest.raises(Refused) as refused:
        plans.resume(plan, reason="Back", code="plan_paused", by=practitioner, at=days(5))
    assert refused.value.code == "open_side_effect"

    side_effects.lift(red_case, reason="Superficial", by=practitioner, at=days(6))

    assert (fresh(plan).state, plan.state_reason) == ("paused", "On holiday")
    assert (plan.course.blocked_code, plan.course.blocked_sentence) == ("plan_paused", "On holiday")
    plans.resume(plan, reason="Back", code="plan_paused", by=practitioner, at=days(7))
    assert (fresh(plan).state, plan.course.blocked_code) == ("active", "")


def test_an_earlier_pause_by_hand_that_was_resumed_does_not_come_back(red_case, signed_session, practitioner):
    plan = red_case.plan
    plans.pause(plan, reason="On holiday", by=practitioner, at=days(4))
    side_effects.lift(red_case, reason="Superficial", by=practitioner, at=days(5))
    plans.resume(plan, reason="Back", code="plan_paused", by=practitioner, at=days(6))
    again = report(signed_session, "infection", onset_at=days(7), by=practitioner)

    close(again, by=practitioner)

    assert fresh(plan).state == "active"


def test_who_pauses_a_plan_that_waits_already_says_why(red_case, practitioner):
    with pytest.raises(Refused, match="Say why"):
        plans.pause(red_case.plan, reason=" ", by=practitioner, at=days(4))


def test_a_closed_case_that_is_opened_again_holds_the_plan_back_again(red_case, practitioner):
    close(red_case, by=practitioner)

    case = side_effects.move(red_case, state="reviewing", note="It came back", by=practitioner, at=days(21))

    assert case.closed_at is None
    assert fresh(case.plan).state == "paused"


def test_a_suspect_is_cleared_with_a_word_while_the_case_is_open(red_case, practitioner):
    suspect = red_case.suspects.first()

    side_effects.tick(suspect, ticked=False, note="Culture negative", by=practitioner, at=days(5))

    suspect.refresh_from_db()
    assert (suspect.ticked, suspect.pre_ticked, suspect.note) == (False, True, "Culture negative")
    close(red_case, by=practitioner)
    with pytest.raises(Refused, match="closed"):
        side_effects.tick(suspect, ticked=True, by=practitioner, at=days(5) + timedelta(hours=1))
