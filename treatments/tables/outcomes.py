"""Scores as series: what was measured, how far it moved, and a small chart drawn without scripts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.decimals import half_up
from treatments import scores
from treatments.models import Measure, OutcomeMeasure, Protocol, Rater
from treatments.rules.outcomes import baselines_of, changes_of, percent_between, remarks_on, series_of

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 26, 34
BANDS: dict[str, str | Promise] = {
    "none": _("none"),
    "small": _("small effect"),
    "moderate": _("moderate"),
    "very_large": _("very large effect"),
    "extremely_large": _("extremely large effect"),
    "mild": _("mild"),
    "severe": _("severe"),
    "extreme": _("extreme"),
    "absent": _("absent"),
    "very_much_improved": _("very much improved"),
    "much_improved": _("much improved"),
    "improved": _("improved"),
    "no_change": _("no change"),
    "worse": _("worse"),
    "very_dissatisfied": _("very dissatisfied"),
    "dissatisfied": _("dissatisfied"),
    "neutral": _("neutral"),
    "satisfied": _("satisfied"),
    "very_satisfied": _("very satisfied"),
}
PARTS: dict[str, str | Promise] = {
    "right_buttock": _("Right buttock"),
    "left_buttock": _("Left buttock"),
    "right_thigh": _("Right thigh"),
    "left_thigh": _("Left thigh"),
}


@dataclass(frozen=True)
class Point:
    """One score of a series, and where it stands in the drawing."""

    outcome: OutcomeMeasure
    shown: str
    band: str
    change: Decimal | None
    x: int = 0
    y: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        return self.outcome.rated_on

    @property
    def better(self) -> bool | None:
        """Whether the change is one for the better."""
        if not self.change:
            return None
        down = scores.MEASURES[self.outcome.measure].better == scores.Better.LOWER
        return (self.change < 0) == down


@dataclass(frozen=True)
class Series:
    """The scores of one measure, place and rater, oldest first."""

    key: str
    label: str
    rater: str
    place: str
    unit: str
    lowest: int
    highest: int
    points: list[Point]

    @property
    def line(self) -> str:
        """The corners of the line through the complete scores."""
        return " ".join(f"{point.x},{point.y}" for point in self.complete)

    @property
    def complete(self) -> list[Point]:
        return [point for point in self.points if point.outcome.complete]

    @property
    def is_drawn(self) -> bool:
        """Whether there is more than one score to draw a line through."""
        return len(self.complete) > 1

    @property
    def marks(self) -> list[dict[str, int]]:
        """The lowest, middle and highest value of the scale, and their height in the drawing."""
        middle = (self.lowest + self.highest) // 2
        return [
            {"value": value, "y": _height(Decimal(value), self.lowest, self.highest)}
            for value in dict.fromkeys((self.lowest, middle, self.highest))
        ]


def measures_of(protocol: Protocol) -> list[tuple[str, str]]:
    """Name the measures by which a protocol is judged."""
    return [(slug, str(Measure(slug).label)) for slug in protocol.outcome_measures if slug in scores.MEASURES]


def series_in(outcomes: Iterable[OutcomeMeasure]) -> list[Series]:
    """Sort scores into series, each with its changes; those with most to show first."""
    rows = sorted(outcomes, key=lambda each: (each.rated_on, each.pk))
    baselines = baselines_of(rows)
    changes = changes_of(rows, baselines)
    groups: dict[Any, list[OutcomeMeasure]] = {}
    for row in rows:
        groups.setdefault(series_of(row), []).append(row)
    order = list(Measure.values)
    return [
        _series(group, changes, baselines.get(series_of(group[0])))
        for _key, group in sorted(groups.items(), key=lambda pair: (order.index(pair[1][0].measure), pair[1][0].pk))
    ]


@dataclass(frozen=True)
class Hint:
    """What answers would score, before they are saved."""

    shown: str
    band: str
    missing: int
    change: Decimal | None
    before: OutcomeMeasure | None
    sentences: tuple[str, ...] = ()


def hint_of(patient: Any, rated: dict[str, Any]) -> Hint:
    """Score answers that are not saved yet, and compare them with the first ones of their series."""
    try:
        result = scores.score(rated["measure"], rated["items"])
    except scores.InvalidItems as error:
        return Hint("", "", 0, None, None, tuple(error.sentences))
    draft = OutcomeMeasure(
        patient=patient,
        complete=result.complete,
        **{name: rated[name] for name in ("measure", "plan", "zone", "side", "rater", "items")},
    )
    before = baselines_of([draft]).get(series_of(draft))
    change = percent_between(before, draft)
    return Hint(
        result.shown,
        str(BANDS.get(result.band, result.band)),
        len(result.missing),
        half_up(Decimal(change), 2) if change else None,
        before,
    )


def _series(rows: list[OutcomeMeasure], changes: dict[int, str], baseline: OutcomeMeasure | None) -> Series:
    first, measure = rows[0], scores.MEASURES[rows[0].measure]
    low, high = _scale(rows, measure)
    days = [row.rated_on for row in rows if row.complete]
    place = " ".join(
        text
        for text in (str(first.zone or ""), str(first.get_side_display()), str(first.items.get("site", "")))
        if text
    )
    return Series(
        key=f"{first.measure}-{first.pk}",
        label=str(measure.name),
        rater=str(Rater(first.rater).label),
        place=place,
        unit=measure.unit,
        lowest=low,
        highest=high,
        points=[_point(row, changes, days, low, high, baseline) for row in rows],
    )


def _scale(rows: list[OutcomeMeasure], measure: scores.Measure) -> tuple[int, int]:
    """The scale of the measure; where it is wide, what was measured with a little air."""
    if measure.highest <= 50:
        return int(measure.lowest), int(measure.highest)
    values = [row.score for row in rows if row.score is not None] or [measure.lowest]
    air = max((max(values) - min(values)) / 5, Decimal(5))
    return int(max(measure.lowest, min(values) - air)), int(min(measure.highest, max(values) + air)) + 1


def _point(
    row: OutcomeMeasure,
    changes: dict[int, str],
    days: list[date],
    low: int,
    high: int,
    baseline: OutcomeMeasure | None,
) -> Point:
    result = scores.score(row.measure, row.items)
    change = half_up(Decimal(changes[row.pk]), 2) if row.pk in changes else None
    band = str(BANDS.get(result.band, result.band))
    remarks = (*_parts(result), *remarks_on(baseline, row))
    if row.score is None:
        return Point(row, "", band, None, remarks=remarks)
    span = (days[-1] - days[0]).days or 1
    x = LEFT + round((WIDTH - LEFT - RIGHT) * (row.rated_on - days[0]).days / span)
    return Point(row, result.shown, band, change, x, _height(row.score, low, high), remarks)


def _parts(result: scores.Score) -> list[str]:
    """Write out the regions of a scale that is rated by region; their mean alone is only a trend."""
    return [
        f"{PARTS.get(name, name)}: {part.shown} {BANDS.get(part.band, part.band)}".strip()
        for name, part in result.parts.items()
        if part.complete
    ]


def _height(value: Decimal, low: int, high: int) -> int:
    return HEIGHT - BOTTOM - round((HEIGHT - TOP - BOTTOM) * (value - low) / ((high - low) or 1))
