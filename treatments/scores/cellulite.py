"""Cellulite: the severity scale per region, the Nurnberger-Muller grade, and girth with weight."""

from fractions import Fraction
from itertools import combinations

from django.utils.translation import gettext as _

from treatments.scores.values import (
    Bands,
    InvalidItems,
    Items,
    Number,
    Score,
    band_of,
    given,
    incomplete,
    mapping,
    number,
    refuse_unknown,
    whole,
)

REGIONS = ("right_buttock", "left_buttock", "right_thigh", "left_thigh")
MARKS = ("depressions", "depth", "morphology", "laxity", "grade")
CSS_BANDS: Bands = ((0, "none"), (1, "mild"), (6, "moderate"), (11, "severe"))
LARGEST_DIFFERENCE_CM = Fraction(1, 2)


def css(items: Items) -> Score:
    """Cellulite Severity Scale: each rated region 0-15 with its band (`parts`); the mean is only a trend."""
    refuse_unknown(items, REGIONS)
    regions = {region: css_region(mapping(items[region], region)) for region in REGIONS if items.get(region)}
    missing = [f"{region}.{mark}" for region, score in regions.items() for mark in score.missing]
    if missing or not regions:
        return incomplete(missing or REGIONS, places=2, parts=regions)
    return Score(
        sum((score.value or Fraction(0) for score in regions.values()), Fraction(0)) / len(regions), 2, parts=regions
    )


def css_region(items: Items) -> Score:
    """One region, 0-15: five marks of 0-3: depressions, their depth, morphology, laxity, grade (Hexsel 2009)."""
    refuse_unknown(items, MARKS)
    missing = [mark for mark in MARKS if not given(items, mark)]
    if missing:
        return incomplete(missing, places=0)
    total = sum(whole(items, mark, 0, 3) for mark in MARKS)
    return Score(Fraction(total), 0, band=band_of(total, CSS_BANDS))


def nurnberger_muller(items: Items) -> Score:
    """Grade 0-3 entered as `grade`, or derived: dimples lying 3, standing 2, only on pinching 1, none 0."""
    refuse_unknown(items, ("grade", "lying", "standing", "pinch"))
    if given(items, "grade"):
        return Score(Fraction(whole(items, "grade", 0, 3)), 0)
    for grade, sign in ((3, "lying"), (2, "standing"), (1, "pinch")):
        if not given(items, sign):
            return incomplete([sign], places=0)
        if not isinstance(items[sign], bool):
            raise InvalidItems(_("%(name)s must be answered with yes or no.") % {"name": sign})
        if items[sign]:
            return Score(Fraction(grade), 0)
    return Score(Fraction(0), 0)


def circumference(items: Items) -> Score:
    """Girth in cm (5-200): one `value`, or the mean of the two closest `readings`; needs the weight of the same visit.

    Two readings more than 0.5 cm apart are refused: measure again.
    """
    refuse_unknown(items, ("value", "readings", "weight_kg", "landmark"))
    missing = [] if given(items, "weight_kg") else ["weight_kg"]
    if given(items, "weight_kg"):
        number(items, "weight_kg", 20, 400, places=3)
    readings = items.get("readings") or []
    if not isinstance(readings, list | tuple):
        raise InvalidItems(_("Readings must be a list of measurements in cm."))
    taken = [number({"cm": reading}, "cm", 5, 200, name=_("Girth"), places=1) for reading in readings]
    if not taken and not given(items, "value"):
        missing.append("value")
    if len(taken) == 1:
        missing.append("second reading")
    if missing:
        return incomplete(missing)
    return Score(_closest_mean(taken) if taken else number(items, "value", 5, 200, name=_("Girth"), places=2))


def _closest_mean(readings: list[Fraction]) -> Fraction:
    first, second = min(combinations(readings, 2), key=lambda pair: abs(pair[0] - pair[1]))
    if abs(first - second) > LARGEST_DIFFERENCE_CM:
        raise InvalidItems(_("The readings differ by more than 0.5 cm: please measure once more."))
    return (first + second) / 2


def girth_may_reflect_weight(cm_before: Number, cm_after: Number, kg_before: Number, kg_after: Number) -> bool:
    """Whether girth and weight changed the same way, so that the girth says nothing about the treatment."""
    girth, weight = Fraction(cm_after) - Fraction(cm_before), Fraction(kg_after) - Fraction(kg_before)
    return girth * weight > 0
