"""The arithmetic of a mix: the reference's figures, and laws that hold for any mix."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations import mixing
from formulations.mixing import Cap, InvalidMix, Part

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "test_vectors.json").read_text(encoding="utf-8"))
LIDOCAINE = Cap("toxicity", "mg", Decimal(300), Decimal("4.5"))
PROCAINE = Cap("toxicity", "mg", Decimal(600), Decimal(10))
NINE = datetime(2025, 2, 3, 9, 10, tzinfo=UTC)

volumes = st.decimals("0.001", "50", places=3)
strengths = st.decimals("0.0001", "1000", places=4)
mixes = st.lists(st.tuples(volumes, strengths), min_size=1, max_size=8)


def test_the_melasma_mix_is_exact():
    vector = VECTORS["dilution"][0]
    parts = [
        Part(part["slug"], Decimal(str(part["mL"])), Decimal(str(part.get("mg_per_mL", 9)))) for part in vector["parts"]
    ]
    mixed = mixing.total_ml(part.volume_ml for part in parts)
    found = {amount.substance: amount for amount in mixing.amounts(parts, mixed, Decimal(str(vector["injected_mL"])))}
    assert mixed == vector["total_mL"]
    assert mixing.shown(found["vitamin-c"].amount) == "200"
    for slug, final in vector["final_mg_per_mL"].items():
        assert (found[slug].final_per_ml, found[slug].delivered) == (final, vector["delivered_mg"][slug])


@pytest.mark.parametrize(
    ("kg", "cap"), [*((row["kg"], str(row["cap"])) for row in VECTORS["lidocaine_cap_mg"]), (61, "274.5")]
)
def test_the_lower_of_two_caps_holds(kg, cap):
    assert LIDOCAINE.at(kg) == Fraction(cap)


def test_without_a_weight_only_the_absolute_cap_is_known():
    assert LIDOCAINE.at(None) == 300
    assert Cap("toxicity", "mg", None, Decimal("4.5")).at(None) is None


def test_anaesthetics_add_up_as_shares_of_their_caps():
    share = mixing.anaesthetic_share([(150, LIDOCAINE.at(68)), (300, PROCAINE.at(66))])
    assert share == 1
    assert mixing.shown(mixing.share_of_cap(40, PROCAINE.at(66)) * 100) == "6.6667"


def test_a_part_without_strength_is_answered_in_millilitres():
    (zinc,) = mixing.amounts([Part("zinc", 1, None)], 4, 2)
    assert (zinc.unit, zinc.amount, zinc.delivered) == ("mL", 1, Fraction(1, 2))


@pytest.mark.parametrize(
    ("first", "second", "gap"),
    [
        (("8.6", "9.0"), ("5.0", "7.0"), "1.6"),
        (("5.5", "7.0"), ("6.5", "8.0"), "-0.5"),
        (("8.3", "8.3"), ("4.5", "7.0"), "1.3"),
    ],
)
def test_ph_gap(first, second, gap):
    one, other = tuple(map(Decimal, first)), tuple(map(Decimal, second))
    assert mixing.ph_gap(one, other) == mixing.ph_gap(other, one) == Fraction(gap)


def test_use_before_follows_the_standard_and_the_shortest_limit():
    assert mixing.beyond_use_at(NINE) == NINE + timedelta(hours=4)
    assert mixing.beyond_use_at(NINE, standard="category-1") == datetime(2025, 2, 3, 21, 10, tzinfo=UTC)
    assert mixing.beyond_use_at(NINE, limits=[None, NINE + timedelta(hours=1)]) == NINE + timedelta(hours=1)
    with pytest.raises(InvalidMix):
        mixing.beyond_use_at(NINE, storage="freezer")


def test_points_grid_and_packs():
    assert mixing.injected_by_points(60, Decimal("0.05")) == 3
    assert mixing.grid_points(Decimal("24.9")) == 24
    assert mixing.grid_points(10, 20) == 2
    assert mixing.packs_needed(Decimal("4.8"), 2) == 3
    assert mixing.packs_needed(4, 2) == 2


@pytest.mark.parametrize(
    ("drawn", "injected", "wasted", "difference", "reason"),
    [
        ("4.0", "3.0", "1.0", "0", False),
        ("4.0", "3.0", None, "0", False),
        ("4.0", "3.0", "0.8", "0.2", False),
        ("4.0", "3.0", "0.79", "0.21", True),
        ("1.0", "0.8", "0.09", "0.11", True),
        ("1.0", "0.8", "0.1", "0.1", False),
        ("3.0", "3.5", None, "-0.5", True),
    ],
)
def test_drawn_is_injected_and_wasted(drawn, injected, wasted, difference, reason):
    found = mixing.reconcile(Decimal(drawn), Decimal(injected), None if wasted is None else Decimal(wasted))
    assert (found.difference_ml, found.needs_reason) == (Fraction(difference), reason)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 3), "0.3333"), (Fraction(1, 20000), "0.0001"), (Decimal("37.50"), "37.5"), (150, "150"), (None, "")],
)
def test_figures_are_shown_half_up_without_trailing_zeros(value, text):
    assert mixing.shown(value) == text


@pytest.mark.parametrize(
    ("text", "unit"), [("mg/mL", "mg"), ("U/mL", "U"), ("IU/mL", "IU"), ("mg", "mg"), ("mL", "mL")]
)
def test_units(text, unit):
    assert mixing.per_ml_unit(text) == unit


def test_what_cannot_be_is_refused_with_a_sentence():
    for wrong in (
        lambda: mixing.per_ml_unit("g/L"),
        lambda: mixing.total_ml([1, 0]),
        lambda: mixing.amounts([Part("zinc", 1, 0)], 1),
        lambda: mixing.amounts([Part("zinc", 1, 1)], 1, 2),
        lambda: mixing.injected_by_points(-1, 1),
    ):
        with pytest.raises(InvalidMix, match=r"\.$"):
            wrong()


@given(mixes, st.fractions(0, 1))
def test_nothing_is_lost_between_the_vial_and_the_skin(mix, share):
    parts = [Part(str(place), volume, strength) for place, (volume, strength) in enumerate(mix)]
    mixed = mixing.total_ml(volume for volume, _strength in mix)
    for part, amount in zip(parts, mixing.amounts(parts, mixed, mixed * share), strict=True):
        assert amount.amount == Fraction(part.volume_ml) * Fraction(part.concentration)
        assert amount.final_per_ml * mixed == amount.amount
        assert amount.delivered == amount.amount * share
        assert mixing.delivered_ml(part.volume_ml, mixed, mixed * share) == Fraction(part.volume_ml) * share


@given(mixes, st.integers(1, 20))
def test_a_larger_batch_has_the_same_concentrations(mix, times):
    small = [Part("x", volume, strength) for volume, strength in mix]
    large = [Part("x", volume * times, strength) for volume, strength in mix]
    mixed = mixing.total_ml(volume for volume, _strength in mix)
    finals = [amount.final_per_ml for amount in mixing.amounts(small, mixed)]
    assert [amount.final_per_ml for amount in mixing.amounts(large, mixed * times)] == finals


@given(st.decimals("20", "200", places=1), st.decimals("20", "200", places=1))
def test_a_heavier_patient_never_has_a_lower_cap_nor_one_over_the_absolute(light, heavy):
    light, heavy = sorted((light, heavy))
    assert LIDOCAINE.at(light) <= LIDOCAINE.at(heavy) <= 300


@given(mixes, st.fractions(0, 1), st.fractions(0, 1))
def test_more_injected_is_never_a_smaller_dose(mix, one, other):
    less, more = sorted((one, other))
    parts = [Part(str(place), volume, strength) for place, (volume, strength) in enumerate(mix)]
    mixed = mixing.total_ml(volume for volume, _strength in mix)
    doses = [[each.delivered for each in mixing.amounts(parts, mixed, mixed * share)] for share in (less, more)]
    assert all(small <= large for small, large in zip(*doses, strict=True))


@given(volumes, strengths, st.sampled_from(mixing.UNITS), st.integers(1, 5))
def test_every_amount_keeps_its_own_unit(volume, strength, unit, packs):
    parts = [Part("x", volume, strength, unit)] * packs + [Part("diluent", volume, None, unit)]
    found = mixing.amounts(parts, mixing.total_ml(part.volume_ml for part in parts))
    assert {each.unit for each in found[:packs]} == {unit}
    assert found[-1].unit == mixing.MILLILITRES
    assert found[-1].amount == Fraction(volume)


@given(mixes, st.integers(1, 200))
def test_figures_are_rounded_half_up_once_from_the_exact_value(mix, parts_of):
    """What is shown lies within half of the last place, and exactly half goes up."""
    parts = [Part("x", volume, strength) for volume, strength in mix]
    mixed = mixing.total_ml(volume for volume, _strength in mix)
    for amount in mixing.amounts(parts, mixed, mixed * Fraction(1, parts_of)):
        error = Fraction(mixing.shown(amount.delivered)) - amount.delivered
        assert Fraction(-1, 20000) < error <= Fraction(1, 20000)


@given(volumes, st.fractions(0, 1), st.one_of(st.none(), st.fractions(0, 1)))
def test_drawn_is_injected_and_wasted_and_the_rest_says_why(drawn, injected, wasted):
    told = None if wasted is None else wasted * Fraction(drawn)
    found = mixing.reconcile(drawn, injected * Fraction(drawn), told)
    assert Fraction(drawn) == injected * Fraction(drawn) + found.wasted_ml + found.difference_ml
    off = abs(found.difference_ml)
    assert found.needs_reason is (off > Fraction(1, 5) or off > Fraction(drawn) / 10)
