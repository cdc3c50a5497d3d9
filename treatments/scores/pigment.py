"""Melasma: MASI and mMASI, from area, darkness and homogeneity of four areas of the face."""

from collections.abc import Callable
from fractions import Fraction

from django.utils.translation import gettext as _

from treatments.scores.values import (
    InvalidItems,
    Items,
    Number,
    Score,
    given,
    incomplete,
    mapping,
    refuse_unknown,
    whole,
)

TENTHS = {"forehead": 3, "right_malar": 3, "left_malar": 3, "chin": 1}
HIGHEST = {"area": 6, "darkness": 4, "homogeneity": 4}


def area_from_percent(percent: Number) -> int:
    """The area score 0-6 for the share of the area involved: 0 %, under 10, 30, 50, 70, 90, and 90-100 %."""
    share = Fraction(percent)
    if not 0 <= share <= 100:
        raise InvalidItems(_("The share of the area must lie between 0 and 100 percent."))
    return 0 if share == 0 else 1 + sum(share >= limit for limit in (10, 30, 50, 70, 90))


def masi(items: Items) -> Score:
    """MASI, 0-48: the sum over four areas of weight x area x (darkness + homogeneity) (Kimbrough-Green 1994)."""
    return _weighted(items, HIGHEST, lambda marks: marks["area"] * (marks["darkness"] + marks["homogeneity"]))


def mmasi(items: Items) -> Score:
    """Modified MASI, 0-24: the sum over four areas of weight x area x darkness (Pandya 2011); no bands confirmed."""
    return _weighted(items, ("area", "darkness"), lambda marks: marks["area"] * marks["darkness"])


def _weighted(
    items: Items, needed: dict[str, int] | tuple[str, ...], product: Callable[[dict[str, int]], int]
) -> Score:
    refuse_unknown(items, TENTHS)
    read = {area: _marks(area, mapping(items.get(area) or {}, area)) for area in TENTHS}
    missing = [f"{area}.{mark}" for area, marks in read.items() for mark in needed if mark not in marks]
    if missing:
        return incomplete(missing)
    return Score(Fraction(sum(TENTHS[area] * product(marks) for area, marks in read.items()), 10))


def _marks(area: str, items: Items) -> dict[str, int]:
    """The marks of one area; a spotless area has no darkness and no homogeneity, a spotted one has darkness."""
    refuse_unknown(items, HIGHEST)
    marks = {
        mark: whole(items, mark, 0, highest, name=f"{area} {mark}")
        for mark, highest in HIGHEST.items()
        if given(items, mark)
    }
    size, darkness, homogeneity = (marks.get(mark) for mark in HIGHEST)
    if size == 0 and (darkness or homogeneity):
        raise InvalidItems(_("%(area)s: an area score of 0 goes with darkness 0 and homogeneity 0.") % {"area": area})
    if size and darkness == 0:
        raise InvalidItems(_("%(area)s: darkness 0 goes with an area score of 0.") % {"area": area})
    return marks
