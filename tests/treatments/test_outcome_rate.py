from datetime import date, timedelta

import pytest

from audit.models import Event
from common.refused import Refused
from tests.cast import NOON
from tests.factories.plans import AFTER, BEFORE, areas
from treatments.actions import outcomes
from treatments.models import OutcomeMeasure
from treatments.rules.outcomes import changes_of

FIRST, LAST = NOON.date(), date(2025, 4, 21)
LATER = NOON + timedelta(days=77)


def rate(patient, by, *, items, measure="mmasi", rated_on=FIRST, **values):
    named = {"measure": measure, "rated_on": rated_on, "items": items, "by": by, "at": LATER}
    return outcomes.rate(patient, **{**named, **values})


def test_case_1_falls_from_10_1_to_6_1(plan, patient, practitioner):
    before = rate(patient, practitioner, plan=plan, items=areas(BEFORE))
    after = rate(patient, practitioner, plan=plan, items=areas(AFTER), rated_on=LAST)

    assert (str(before.score.normalize()), str(after.score.normalize())) == ("10.1", "6.1")
    assert (outcomes.change_of(before), outcomes.change_of(after)) == (None, "-39.6")
    assert before.items["forehead"] == {"area": 3, "darkness": 3, "homogeneity": 2}
    assert Event.objects.about(after).kinds() == ["outcome.rated"]


def test_case_1_falls_from_19_2_to_13_4_with_homogeneity(plan, patient, practitioner):
    before = rate(patient, practitioner, measure="masi", plan=plan, items=areas(BEFORE))
    after = rate(patient, practitioner, measure="masi", plan=plan, items=areas(AFTER), rated_on=LAST)

    assert (str(before.score.normalize()), str(after.score.normalize())) == ("19.2", "13.4")
    assert outcomes.change_of(after) == "-30.21"


def test_an_incomplete_measure_has_no_score_and_is_no_baseline(plan, patient, practitioner):
    partly = rate(patient, practitioner, plan=plan, items={"forehead": {"area": 3}})
    rate(patient, practitioner, plan=plan, items=areas(BEFORE), rated_on=date(2025, 2, 10))
    after = rate(patient, practitioner, plan=plan, items=areas(AFTER), rated_on=LAST)

    assert (partly.complete, partly.score) == (False, None)
    assert outcomes.change_of(after) == "-39.6"


def test_the_two_raters_are_not_compared_with_one_another(plan, patient, practitioner):
    rate(patient, practitioner, plan=plan, measure="vas", items={"value": "8"})
    other = rate(patient, practitioner, plan=plan, measure="vas", items={"value": "4"}, rated_on=LAST, rater="patient")

    assert outcomes.change_of(other) is None


def test_a_stage_has_no_percentage(plan, patient, practitioner):
    rate(patient, practitioner, plan=plan, measure="gais", items={"value": "no_change"})
    after = rate(patient, practitioner, plan=plan, measure="gais", items={"value": "much_improved"}, rated_on=LAST)

    assert (str(after.score.normalize()), outcomes.change_of(after)) == ("2", None)


def test_from_nothing_there_is_no_percentage(plan, patient, practitioner):
    rate(patient, practitioner, plan=plan, measure="vas", items={"value": "0"})
    after = rate(patient, practitioner, plan=plan, measure="vas", items={"value": "4"}, rated_on=LAST)

    assert outcomes.change_of(after) is None


@pytest.mark.parametrize(
    ("measure", "items", "sentence"),
    [
        ("mmasi", {"forehead": {"area": 7, "darkness": 1, "homogeneity": 1}}, "must lie between 0 and 6"),
        ("mmasi", {"forehead": {"area": 0, "darkness": 2, "homogeneity": 0}}, "area score of 0"),
        ("mmasi", {"nose": {"area": 1}}, "no item called nose"),
        ("dlqi", {"total": 31}, "must lie between 0 and 30"),
        ("beauty", {"value": 1}, "is not a measure"),
    ],
)
def test_what_cannot_be_right_is_refused(patient, practitioner, measure, items, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        rate(patient, practitioner, measure=measure, items=items)

    assert refused.value.code == "invalid"
    assert not OutcomeMeasure.objects.exists()


def test_no_measure_is_of_tomorrow(patient, practitioner):
    with pytest.raises(Refused, match="day to come"):
        rate(patient, practitioner, items=areas(BEFORE), rated_on=LATER.date() + timedelta(days=1))


def test_a_plan_of_somebody_else_is_refused(plan, other_patient, practitioner):
    with pytest.raises(Refused, match="another patient"):
        rate(other_patient, practitioner, plan=plan, items=areas(BEFORE))


def test_what_was_entered_in_error_is_no_baseline(plan, patient, practitioner):
    wrong = rate(patient, practitioner, plan=plan, items=areas(AFTER), rated_on=date(2025, 1, 20))
    outcomes.mark_error(wrong, reason="Of another patient", by=practitioner, at=LATER)
    rate(patient, practitioner, plan=plan, items=areas(BEFORE))
    after = rate(patient, practitioner, plan=plan, items=areas(AFTER), rated_on=LAST)

    assert outcomes.change_of(after) == "-39.6"
    with pytest.raises(Refused):
        outcomes.mark_error(wrong, reason="Again", by=practitioner, at=LATER)


def test_changes_of_many_are_one_question(plan, patient, practitioner, django_assert_num_queries):
    rows = [
        rate(patient, practitioner, plan=plan, items=areas(BEFORE)),
        rate(patient, practitioner, plan=plan, items=areas(AFTER), rated_on=LAST),
        rate(patient, practitioner, plan=plan, measure="masi", items=areas(BEFORE)),
        rate(patient, practitioner, plan=plan, measure="masi", items=areas(AFTER), rated_on=LAST),
    ]

    with django_assert_num_queries(1):
        changes = changes_of(rows)

    assert changes == {rows[1].pk: "-39.6", rows[3].pk: "-30.21"}


def test_a_failure_in_the_middle_leaves_no_score(plan, patient, practitioner, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.outcomes.OutcomeMeasure.objects.create", broken)

    with pytest.raises(RuntimeError):
        rate(patient, practitioner, items=areas(BEFORE))

    assert not OutcomeMeasure.objects.exists()
