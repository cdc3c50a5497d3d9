"""What a change means beside its percentage: girth with weight, pain with its two conditions, regions by themselves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import NOON
from treatments import scores
from treatments.actions import outcomes

DAY = NOON.date()


def rate(patient, practitioner, measure, items, day=0, **more):
    on = DAY + timedelta(days=day)
    at = NOON + timedelta(days=day)
    return outcomes.rate(patient, measure=measure, rated_on=on, items=items, by=practitioner, at=at, **more)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("after", "weight", "said", "unsaid"),
    [
        ("57.8", "66.9", ["Weight 68 → 66.9 kg.", "Girth change may reflect weight loss."], "gain"),
        ("57.8", "68.0", ["Weight 68 → 68 kg."], "may reflect"),
        ("59.0", "70.1", ["Girth change may reflect weight gain."], "loss"),
        ("57.8", "69", ["Weight 68 → 69 kg."], "may reflect"),
    ],
)
def test_girth_is_read_with_the_weight_of_the_same_day(
    patient, practitioner, as_user, api, time_machine, after, weight, said, unsaid
):
    time_machine.move_to(NOON + timedelta(days=60))
    rate(patient, practitioner, "circumference", {"value": "58.4", "weight_kg": "68.0"})
    last = rate(patient, practitioner, "circumference", {"value": after, "weight_kg": weight}, day=50)

    page = as_user(practitioner).get(f"/treatments/patients/{patient.pk}/outcomes/").content.decode()
    shown = api(practitioner).get(f"/api/v1/outcomes/?patient={patient.pk}").json()["results"]

    remarks = next(row for row in shown if row["id"] == last.pk)["remarks"]
    for sentence in said:
        assert sentence in page
        assert sentence in remarks
    assert unsaid not in " ".join(remarks)


@pytest.mark.django_db
def test_each_region_of_cellulite_is_shown_and_the_mean_is_exact(patient, practitioner, as_user, time_machine):
    time_machine.move_to(NOON + timedelta(days=200))

    def regions(*marks):
        names = ("depressions", "depth", "morphology", "laxity", "grade")
        places = ("right_thigh", "left_thigh", "right_buttock", "left_buttock")
        return {place: dict(zip(names, map(int, row), strict=True)) for place, row in zip(places, marks, strict=True)}

    rate(patient, practitioner, "css", regions("22212", "22212", "32223", "32223"))
    rate(patient, practitioner, "css", regions("12112", "21112", "22222", "32222"), day=190)

    page = as_user(practitioner).get(f"/treatments/patients/{patient.pk}/outcomes/").content.decode()
    for words in (
        "10.5",
        "8.75",
        "-16.67",
        "Right thigh: 9 moderate",
        "Right thigh: 7 moderate",
        "Left buttock: 11 severe",
    ):
        assert words in page


@pytest.mark.django_db
def test_a_pain_score_says_whether_it_is_a_response(patient, practitioner, api):
    first = rate(patient, practitioner, "vas", {"value": "7.2"})
    last = rate(patient, practitioner, "vas", {"value": "2.6"}, day=30)
    rows = {row["id"]: row for row in api(practitioner).get("/api/v1/outcomes/").json()["results"]}

    assert rows[first.pk]["remarks"] == []
    assert rows[last.pk]["remarks"] == ["Response: at least 2 points and 30 % less."]
    assert rows[last.pk]["change_percent"] == "-63.89"


@given(
    st.fixed_dictionaries(
        {
            place: st.fixed_dictionaries(
                {mark: st.integers(0, 3) for mark in ("depressions", "depth", "morphology", "laxity", "grade")}
            )
            for place in ("right_thigh", "left_thigh", "right_buttock", "left_buttock")
        }
    )
)
def test_the_mean_of_the_regions_lies_between_them(items):
    result = scores.score("css", items)
    parts = [part.value for part in result.parts.values()]

    assert min(parts) <= result.value <= max(parts)
    assert (result.value * 4).denominator == 1
    assert 0 <= result.value <= 15


@given(st.integers(0, 400), st.decimals("0.01", "10", places=2))
def test_hair_density_is_the_exact_quotient_or_refused(hairs, area):
    try:
        result = scores.score("hair-density", {"hairs": hairs, "area_cm2": str(area)})
    except scores.InvalidItems:
        return
    assert 0 <= result.value <= 400
    assert result.value * scores.values.exact(area, "") == hairs


@given(st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=10, max_size=10))
def test_quality_of_life_needs_nine_answers(answers):
    result = scores.score("dlqi", {f"q{place}": answer for place, answer in enumerate(answers, start=1)})
    missing = answers.count(None)

    assert result.complete is (missing <= 1)
    if result.complete:
        assert result.value == sum(answer or 0 for answer in answers)


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_response_of_pain_is_never_a_rise(before, after):
    first, last = before / 10, after / 10
    if scores.pain_responder(scores.values.exact(first, ""), scores.values.exact(last, "")):
        assert before - after >= 20
        assert (before - after) * 10 >= before * 3
