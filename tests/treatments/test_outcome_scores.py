"""Every outcome measure gives the reference's figures exactly, and never turns a missing item into a zero."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treatments import scores
from treatments.scores import InvalidItems

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "test_vectors.json").read_text(encoding="utf-8"))
AREAS = ("forehead", "right_malar", "left_malar", "chin")
FULL = {area: {"area": 6, "darkness": 4, "homogeneity": 4} for area in AREAS}
BEFORE, AFTER = VECTORS["masi"][0]["before"], VECTORS["masi"][1]["after"]


@st.composite
def faces(draw):
    face = {}
    for area in AREAS:
        size = draw(st.integers(0, 6))
        face[area] = {
            "area": size,
            "darkness": draw(st.integers(1, 4)) if size else 0,
            "homogeneity": draw(st.integers(0, 4)) if size else 0,
        }
    return face


def test_melasma_before_and_after_are_exact():
    for measure, before, after, change in (
        ("mmasi", "10.1", "6.1", "-39.6"),
        ("masi", "19.2", "13.4", "-30.21"),
    ):
        first, second = scores.score(measure, BEFORE), scores.score(measure, AFTER)
        assert (first.shown, second.shown) == (before, after)
        assert scores.shown_percent(scores.change_percent(first.value, second.value)) == change
        assert scores.score(measure, FULL).shown == {"mmasi": "24", "masi": "48"}[measure]


@pytest.mark.parametrize(("percent", "area"), VECTORS["masi_area_from_pct"])
def test_the_share_of_an_area_gives_its_score(percent, area):
    assert scores.area_from_percent(percent) == area


@pytest.mark.parametrize(
    ("percent", "area"),
    [("0.1", 1), ("9.99", 1), (10, 2), ("29.99", 2), (30, 3), (50, 4), (70, 5), ("89.9", 5), (90, 6)],
)
def test_the_share_of_an_area_has_no_gap_between_whole_percents(percent, area):
    assert scores.area_from_percent(Fraction(percent)) == area


@pytest.mark.parametrize(
    "spot", [{"area": 0, "darkness": 1}, {"area": 2, "darkness": 0}, {"area": 0, "homogeneity": 1}]
)
def test_a_spotless_area_has_no_darkness_and_a_spotted_one_has(spot):
    with pytest.raises(InvalidItems, match="area score of 0"):
        scores.score("masi", BEFORE | {"chin": spot})


def test_a_missing_item_is_incomplete_and_named_not_zero():
    partial = BEFORE | {"chin": {"area": 1, "darkness": 2}}
    masi, mmasi = scores.score("masi", partial), scores.score("mmasi", partial)
    assert (masi.complete, masi.shown, masi.missing) == (False, "", ("chin.homogeneity",))
    assert mmasi.shown == "10.1"
    assert not scores.score("mmasi", {}).complete


@given(faces())
def test_melasma_scores_stay_in_range_on_steps_of_a_tenth(face):
    masi, mmasi = scores.score("masi", face).value, scores.score("mmasi", face).value
    assert 0 <= mmasi <= 24
    assert mmasi <= masi <= 48
    assert (masi * 10).denominator == (mmasi * 10).denominator == 1


@given(faces(), st.sampled_from(AREAS))
def test_a_darker_area_never_scores_lower(face, area):
    if not 0 < face[area]["darkness"] < 4:
        return
    darker = face | {area: face[area] | {"darkness": face[area]["darkness"] + 1}}
    assert scores.score("mmasi", darker).value > scores.score("mmasi", face).value


def region(marks):
    return dict(zip(("depressions", "depth", "morphology", "laxity", "grade"), map(int, marks.split()), strict=True))


def test_cellulite_is_scored_by_region_and_the_mean_is_a_trend():
    before = scores.score(
        "css",
        {
            "right_thigh": region("2 2 2 1 2"), "left_thigh": region("2 2 2 1 2"),
            "right_buttock": region("3 2 2 2 3"), "left_buttock": region("3 2 2 2 3"),
        },
    )  # fmt: skip
    after = scores.score(
        "css",
        {
            "right_thigh": region("1 2 1 1 2"), "left_thigh": region("2 1 1 1 2"),
            "right_buttock": region("2 2 2 2 2"), "left_buttock": region("3 2 2 2 2"),
        },
    )  # fmt: skip
    assert (before.shown, after.shown) == ("10.5", "8.75")
    assert scores.shown_percent(scores.change_percent(before.value, after.value)) == "-16.67"
    assert {name: (part.shown, part.band) for name, part in after.parts.items()} == {
        "right_buttock": ("10", "moderate"),
        "left_buttock": ("11", "severe"),
        "right_thigh": ("7", "moderate"),
        "left_thigh": ("7", "moderate"),
    }


@pytest.mark.parametrize(
    ("total", "band"), [(0, "none"), (5, "mild"), *VECTORS["css_bands"], (10, "moderate"), (15, "severe")]
)
def test_cellulite_bands(total, band):
    marks = [3] * (total // 3) + ([total % 3] if total % 3 else [])
    marks += [0] * (5 - len(marks))
    right = scores.score("css", {"right_thigh": region(" ".join(map(str, marks)))})
    assert right.parts["right_thigh"].band == band


def test_a_region_with_a_missing_mark_leaves_the_scale_incomplete():
    partial = scores.score("css", {"right_thigh": {"depressions": 1}, "left_thigh": region("1 1 1 1 1")})
    assert not partial.complete
    assert "right_thigh.grade" in partial.missing
    assert not scores.score("css", {}).complete


@pytest.mark.parametrize(
    ("lying", "standing", "pinch", "grade"),
    [(True, True, True, "3"), (False, True, True, "2"), (False, False, True, "1"), (False, False, False, "0")],
)
def test_the_cellulite_grade_follows_from_three_looks(lying, standing, pinch, grade):
    assert scores.score("nurnberger-muller", {"lying": lying, "standing": standing, "pinch": pinch}).shown == grade
    assert scores.score("nurnberger-muller", {"grade": grade}).shown == grade


@pytest.mark.parametrize(
    ("code", "number", "responder"),
    [("very_much_improved", 1, True), ("improved", 3, True), ("no_change", 4, False), ("worse", 5, False)],
)
def test_global_improvement_by_code_or_number(code, number, responder):
    by_code, by_number = scores.score("gais", {"value": code}), scores.score("gais", {"value": number})
    assert by_code == by_number
    assert (by_code.value, by_code.band) == (number, code)
    assert scores.gais_responder(by_code.value) is responder


def test_global_improvement_is_converted_by_its_label():
    from treatments.scores.grades import gais_code

    assert gais_code("ascending_0_4", 4) == gais_code("plus3_minus1", 3) == "very_much_improved"
    assert gais_code("ascending_0_4", 0) == gais_code("plus3_minus1", -1) == "worse"


def test_pain_falls_by_the_reference_figure_and_counts_as_a_response():
    vector = VECTORS["vas"]
    before, after = (scores.score("vas", {"value": str(vector[key])}) for key in ("before", "after"))
    assert float(scores.change_percent(before.value, after.value)) == pytest.approx(vector["pct"], abs=5e-5)
    assert scores.pain_responder(before.value, after.value) is vector["responder"]
    assert (before.band, after.band) == ("moderate", "mild")
    assert scores.score("vas", {"mm": 72}).value == before.value


@pytest.mark.parametrize(
    ("before", "after", "responds"), [(10, 7, True), (6, 4, True), (7, 5, False), (2, 1, False), (0, 0, False)]
)
def test_a_response_needs_two_points_and_thirty_percent(before, after, responds):
    assert scores.pain_responder(before, after) is responds


@pytest.mark.parametrize(
    ("measure", "value", "band"),
    [("vas", "3.4", "mild"), ("vas", "3.5", "moderate"), ("vas", "7.4", "moderate"), ("vas", "7,5", "severe"),
     ("nrs", 5, "mild"), ("nrs", 7, "moderate"), ("nrs", 8, "severe")],
)  # fmt: skip
def test_pain_bands(measure, value, band):
    assert scores.score(measure, {"value": value}).band == band


def test_hair_density_is_count_by_area():
    before = scores.score("hair-density", {"hairs": 128, "area_cm2": "0.90"})
    after = scores.score("hair-density", {"hairs": 136, "area_cm2": "0,90"})
    assert (before.shown, after.shown) == ("142.2", "151.1")
    assert scores.shown_percent(scores.change_percent(before.value, after.value)) == "6.25"


def test_girth_is_the_mean_of_two_close_readings_at_a_known_weight():
    right = scores.score("circumference", {"readings": ["58.2", "58.6"], "weight_kg": "68.0"})
    assert right.shown == "58.4"
    assert scores.score("circumference", {"value": "58.4"}).missing == ("weight_kg",)
    assert scores.score("circumference", {"readings": ["58.4"], "weight_kg": "68"}).missing == ("second reading",)
    with pytest.raises(InvalidItems, match="measure once more"):
        scores.score("circumference", {"readings": ["58.0", "58.6"], "weight_kg": "68"})
    assert scores.score("circumference", {"readings": ["58.0", "59.0", "58.2"], "weight_kg": "68"}).shown == "58.1"
    assert scores.girth_may_reflect_weight(Decimal("58.4"), Decimal("57.8"), 68, Decimal("66.9"))
    assert not scores.girth_may_reflect_weight(Decimal("58.4"), Decimal("57.8"), 68, 68)


@pytest.mark.parametrize(
    ("total", "band"),
    [*VECTORS["dlqi_bands"], (1, "none"), (5, "small"), (10, "moderate"), (20, "very_large"), (30, "extremely_large")],
)
def test_quality_of_life_bands(total, band):
    assert scores.score("dlqi", {"total": total}).band == band


def test_one_unanswered_question_counts_nothing_and_two_leave_the_score_open():
    answers = {f"q{place}": 2 for place in range(1, 11)}
    assert scores.score("dlqi", answers).shown == "20"
    one = scores.score("dlqi", answers | {"q10": None})
    assert (one.shown, one.missing, one.complete) == ("18", ("q10",), True)
    two = scores.score("dlqi", answers | {"q9": "", "q10": None})
    assert (two.shown, two.complete) == ("", False)
    assert scores.dlqi_changed(11, 6)
    assert not scores.dlqi_changed(11, 8)


@pytest.mark.parametrize(("value", "class_"), [(1, "I"), (3, "I"), (4, "II"), (6, "II"), (7, "III"), (9, "III")])
def test_wrinkle_class(value, class_):
    assert scores.score("fitzpatrick-wrinkle", {"value": value, "site": "perioral"}).band == class_


def test_stages_keep_their_names():
    assert scores.score("norwood-hamilton", {"stage": "III-vertex"}).band == "III-vertex"
    assert scores.score("ludwig", {"stage": "0"}).value == 0
    assert scores.score("cr-smfrs", {"value": 3}).band == "severe"
    assert scores.score("satisfaction", {"value": 4}).band == "satisfied"
    assert scores.score("glogau", {"value": "IV"}).value == 4


@pytest.mark.parametrize("measure", scores.MEASURES)
def test_nothing_entered_is_incomplete_and_another_scales_items_are_refused(measure):
    empty = scores.score(measure, {})
    assert (empty.complete, empty.shown) == (False, "")
    assert empty.missing
    with pytest.raises(InvalidItems, match="no item called bananas"):
        scores.score(measure, {"bananas": 1})


@pytest.mark.parametrize(
    ("measure", "items"),
    [
        ("vas", {"value": "10.1"}), ("vas", {"value": "7.25"}), ("vas", {"value": "much"}), ("vas", {"value": True}),
        ("vas", {"value": float("nan")}), ("nrs", {"value": "3.5"}),
        ("gais", {"value": 0}), ("gais", {"value": "great"}),
        ("satisfaction", {"value": 6}), ("dlqi", {"total": 31}), ("dlqi", {"q1": 4}),
        ("hair-density", {"hairs": 500, "area_cm2": 1}),
        ("hair-density", {"hairs": 5, "area_cm2": 0}), ("circumference", {"value": "4.9", "weight_kg": 60}),
        ("css", {"right_thigh": region("4 0 0 0 0")}), ("css", {"right_thigh": 3}), ("ludwig", {"stage": "IV"}),
        ("nurnberger-muller", {"lying": "perhaps"}), ("odi", {"percent": 101}), ("ndi", {"total": 51}),
        ("mmasi", BEFORE | {"chin": {"area": 7, "darkness": 1}}),
        ("mmasi", BEFORE | {"chin": {"area": "1.5", "darkness": 1}}),
    ],
)  # fmt: skip
def test_impossible_items_are_refused_with_a_sentence(measure, items):
    with pytest.raises(InvalidItems) as refused:
        scores.score(measure, items)
    assert all(sentence.endswith(".") for sentence in refused.value.sentences)


@given(st.integers(1, 300), st.integers(0, 300))
def test_change_is_exact_and_undefined_from_zero(before, after):
    assert Fraction(before) * (1 + scores.change_percent(before, after) / 100) == after
    assert scores.change_percent(0, after) is None
    assert scores.change_percent(None, after) is scores.change_percent(before, None) is None
