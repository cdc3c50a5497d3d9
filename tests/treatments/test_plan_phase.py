from datetime import date, timedelta

import pytest

from audit.models import Event
from common.refused import Refused
from scheduling.actions import courses
from tests.cast import NOON
from treatments.actions import plans
from treatments.models import PhaseDecision, TreatmentPlan
from treatments.rules.courses import lines_of

DAYS = [date(2025, 2, 3), date(2025, 2, 10), date(2025, 2, 17), date(2025, 2, 24)]


def give(plan, *, by, days=DAYS):
    for ordinal, day in enumerate(days, start=1):
        visit = plan.planned_sessions.select_related("visit").get(ordinal=ordinal).visit
        courses.mark_done(visit, on=day, by=by, at=NOON)


def decide(plan, *, by, advance, **values):
    return plans.decide_phase(
        plan, advance=advance, reason="Lighter on both cheeks", by=by, at=NOON + timedelta(days=21), **values
    )


def targets(plan):
    return [line.window.target_on for line in lines_of(TreatmentPlan.objects.with_chart().get(pk=plan.pk))]


def test_a_plan_that_moves_on_keeps_its_longer_interval(plan, practitioner):
    give(plan, by=practitioner)

    decision = decide(plan, by=practitioner, advance=True, improved=True, measure="gais")

    assert (decision.after_ordinal, decision.improved, decision.measure) == (4, True, "gais")
    assert targets(plan)[4:] == [date(2025, 3, 10), date(2025, 3, 24)]
    assert Event.objects.about(decision).kinds() == ["plan.phase_decided"]


def test_without_improvement_the_next_session_keeps_the_shorter_interval(plan, practitioner):
    give(plan, by=practitioner)

    decide(plan, by=practitioner, advance=False, improved=False)

    assert targets(plan)[4:] == [date(2025, 3, 3), date(2025, 3, 17)]
    visit = plan.planned_sessions.select_related("visit").get(ordinal=5).visit
    assert (visit.min_days, visit.max_days) == (7, 10)


def test_it_is_asked_again_after_the_session_that_kept_the_interval(plan, practitioner):
    give(plan, by=practitioner)
    decide(plan, by=practitioner, advance=False)
    give(plan, by=practitioner, days=[*DAYS, date(2025, 3, 3)])

    assert decide(plan, by=practitioner, advance=False).after_ordinal == 5
    assert targets(plan)[5] == date(2025, 3, 10)


def test_a_phase_is_decided_once_after_a_session(plan, practitioner):
    give(plan, by=practitioner)
    decide(plan, by=practitioner, advance=True)

    with pytest.raises(Refused) as refused:
        decide(plan, by=practitioner, advance=False)

    assert refused.value.code == "already_done"


def test_nothing_is_decided_before_a_session_was_given(plan, practitioner):
    with pytest.raises(Refused, match="No session of this plan has been given"):
        decide(plan, by=practitioner, advance=True)


def test_two_decisions_at_once_are_one(plan, practitioner, at_once):
    give(plan, by=practitioner)

    results = at_once(lambda advance: decide(plan, by=practitioner, advance=advance), [True, False, True])

    assert PhaseDecision.objects.count() == 1
    assert {each.code for each in results if isinstance(each, Refused)} == {"already_done"}


def test_a_failure_in_the_middle_leaves_nothing(plan, practitioner, monkeypatch):
    give(plan, by=practitioner)

    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.plans.courses.set_interval", broken)

    with pytest.raises(RuntimeError):
        decide(plan, by=practitioner, advance=False)

    assert not PhaseDecision.objects.exists()
    assert targets(plan)[4] == date(2025, 3, 10)


def test_a_long_gap_is_looked_at_again(plan, practitioner):
    give(plan, by=practitioner, days=DAYS[:1])

    plans.reassess(plan, reason="Skin unchanged, we go on", by=practitioner, at=NOON + timedelta(days=60))

    visit = plan.planned_sessions.select_related("visit").get(ordinal=2).visit
    assert (visit.reassessed_by, visit.reassessment_reason) == (practitioner, "Skin unchanged, we go on")
