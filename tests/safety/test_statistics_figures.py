"""Intervals, signals and causality points give the reference's figures."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety import statistics

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "test_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["wilson95"], ids=lambda vector: f"{vector['x']}of{vector['n']}")
def test_wilson_intervals_match_the_reference(vector):
    share = statistics.wilson(vector["x"], vector["n"])
    assert share.value == pytest.approx(vector["p"], abs=5e-7)
    assert share.low == pytest.approx(vector["low"], abs=5e-7)
    assert share.high == pytest.approx(vector["high"], abs=5e-7)


def test_attack_rates_of_the_recall_case():
    exposed, others = statistics.wilson(3, 9), statistics.wilson(0, 31)
    assert (round(exposed.low * 100, 1), round(exposed.high * 100, 1)) == (12.1, 64.6)
    assert (others.low, round(others.high * 100, 1)) == (0.0, 11.0)
    assert statistics.fisher_one_sided(3, 6, 0, 31) == pytest.approx(0.0085, abs=5e-5)


def test_no_observations_are_no_data():
    assert statistics.wilson(0, 0) is None
    assert not statistics.shows_percent(9)
    assert statistics.shows_percent(10)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(counts):
    share = statistics.wilson(*counts)
    assert 0 <= share.low <= share.value <= share.high <= 1


@pytest.mark.parametrize("counts", [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="between 0 and"):
        statistics.wilson(*counts)


@pytest.mark.parametrize("vector", VECTORS["disproportionality"], ids=lambda vector: f"a{vector['a']}")
def test_disproportionality_matches_the_reference(vector):
    found = statistics.disproportionality(*(vector[cell] for cell in "abcd"))
    assert (found.prr.value, found.prr.low, found.prr.high) == pytest.approx(vector["prr"], abs=5e-5)
    assert (found.ror.value, found.ror.low, found.ror.high) == pytest.approx(vector["ror"], abs=5e-5)
    assert found.chi2 == pytest.approx(vector["chi2"], abs=5e-5)
    assert found.chi2_yates == pytest.approx(vector["chi2_yates"], abs=5e-5)
    assert found.signal is vector["signal"]


def test_the_recall_case_is_a_signal():
    found = statistics.disproportionality(3, 2, 4, 61)
    assert (round(found.prr.value, 2), round(found.prr.low, 2), round(found.prr.high, 2)) == (9.75, 2.97, 32.01)
    assert (round(found.ror.value, 2), round(found.ror.low, 2), round(found.ror.high, 1)) == (22.88, 2.93, 178.6)
    assert (round(found.chi2, 2), round(found.chi2_yates, 2)) == (14.96, 9.57)
    assert found.signal


def test_an_empty_cell_is_never_a_silent_figure():
    found = statistics.disproportionality(3, 7, 0, 90)
    assert (found.prr, found.ror_corrected, found.signal) == (None, True, False)
    assert found.expected == pytest.approx(0.3)
    assert statistics.disproportionality(0, 0, 0, 0).chi2 == 0


@given(*(st.integers(0, 200) for _cell in range(4)))
def test_the_careful_chi_squared_is_never_the_larger(a, b, c, d):
    found = statistics.disproportionality(a, b, c, d)
    assert 0 <= found.chi2_yates <= found.chi2 + 1e-9
    assert found.ror.low <= found.ror.value <= found.ror.high


@pytest.mark.parametrize("vector", VECTORS["naranjo"], ids=lambda vector: vector["band"])
def test_causality_points_match_the_reference(vector):
    result = statistics.naranjo(vector["answers"])
    assert (result.score, result.band) == (vector["score"], vector["band"])


@pytest.mark.parametrize(
    ("yes", "no", "score", "band"),
    [
        ((1, 2), (5,), 5, "probable"),
        ((1, 2, 10), (5,), 6, "probable"),
        ((1,), (), 1, "possible"),
        ((), (2, 4, 6), -1, "doubtful"),
    ],
)
def test_causality_of_the_reference_cases(yes, no, score, band):
    answers = ["yes" if q in yes else "no" if q in no else "unknown" for q in range(1, 11)]
    assert statistics.naranjo(answers) == statistics.Naranjo(score, band)


@pytest.mark.parametrize("answers", [["yes"] * 9, ["maybe"] * 10])
def test_ten_plain_answers_are_needed(answers):
    with pytest.raises(ValueError, match="ten questions"):
        statistics.naranjo(answers)


@given(st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=10, max_size=10))
def test_causality_points_stay_in_their_range(answers):
    assert -4 <= statistics.naranjo(answers).score <= 13
