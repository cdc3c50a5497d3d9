"""Dates for the visits of a course that still wait for one: the cheapest way through what is free, no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol

DAY, WEEKDAY, HOURS, STRANGER, CHANGE = 2, 5, 4, 4, 3
MISFIT, MISSED = 10_000, 1_000_000
DISORDER = 3 * MISSED


class Span(Protocol):
    """The days between which a visit belongs, the day aimed at, and the day before which a label forbids it."""

    @property
    def earliest_on(self) -> date: ...
    @property
    def target_on(self) -> date: ...
    @property
    def latest_on(self) -> date: ...
    @property
    def hard_earliest_on(self) -> date | None: ...


WindowAfter = Callable[[date | None], Span]


@dataclass(frozen=True)
class Candidate:
    """A free time by the clock of its place: when, with whom, in which room."""

    starts_at: datetime
    practitioner: int
    room: int | None = None

    @property
    def day(self) -> date:
        return self.starts_at.date()


@dataclass(frozen=True)
class Wishes:
    """What the patient would rather have: weekdays (Monday is 1), hours, the person they know."""

    weekdays: frozenset[int] = frozenset()
    not_before: time | None = None
    not_after: time | None = None
    practitioner: int | None = None


@dataclass(frozen=True)
class Visit:
    """A visit to be given a day: where it belongs after the one before, and what is free; `fixed` is settled."""

    ordinal: int
    window: WindowAfter
    candidates: Sequence[Candidate] = ()
    fixed: Candidate | None = None


@dataclass(frozen=True)
class Row:
    """What becomes of one visit: its window as the series now runs, and its time, or none."""

    ordinal: int
    window: Span
    choice: Candidate | None


@dataclass(frozen=True)
class Series:
    """A whole proposal with its price: lower is nearer to the target days and to what the patient wishes."""

    rows: tuple[Row, ...]
    cost: int


@dataclass(frozen=True)
class _Step:
    """One way to have come so far: the price, the day reached, with whom, whether that day is really taken."""

    cost: int
    day: date | None
    practitioner: int | None
    placed: bool = True
    before: "_Step | None" = None
    row: Row | None = None


def manner(candidate: Candidate, wishes: Wishes) -> int:
    """The price of a time by itself: the weekday, the hour and the person that were not wished for."""
    clock = candidate.starts_at.time()
    early = wishes.not_before is not None and clock < wishes.not_before
    late = wishes.not_after is not None and clock >= wishes.not_after
    unwished = bool(wishes.weekdays) and candidate.day.isoweekday() not in wishes.weekdays
    strange = wishes.practitioner is not None and candidate.practitioner != wishes.practitioner
    return WEEKDAY * unwished + HOURS * (early or late) + STRANGER * strange


def price(candidate: Candidate, window: Span, wishes: Wishes, *, before: int | None) -> int:
    """The price of a time in its window: days from the target, what was not wished for, and a change of person."""
    change = before is not None and candidate.practitioner != before
    return DAY * abs((candidate.day - window.target_on).days) + manner(candidate, wishes) + CHANGE * change


def propose(
    visits: Iterable[Visit], wishes: Wishes, *, after: date | None = None, with_whom: int | None = None
) -> Series:
    """Find the cheapest series: as few visits without a time as possible, then the lowest price.

    `after` is the day of the visit before the first of these, if there is one. Every proposed time lies inside its
    window, which counts from the day chosen before it, and on a later day; a visit that finds no time is passed over
    as if it were on its target day, which is how booking counts too.
    """
    reached = [_Step(0, after, with_whom)]
    for visit in visits:
        options = _by_day(visit.candidates, wishes)
        windows = {day: visit.window(day) for day in {step.day for step in reached}}
        ways: dict[tuple[date | None, int | None, bool], _Step] = {}
        for step in reached:
            for way in _onward(step, visit, windows[step.day], options, wishes):
                key = (way.day, way.practitioner, way.placed)
                if key not in ways or way.cost < ways[key].cost:
                    ways[key] = way
        reached = list(ways.values())
    best = min(reached, key=lambda step: step.cost)
    return Series(tuple(_rows(best)), best.cost)


@dataclass
class _Options:
    """The best time of each person on each day."""

    days: dict[date, list[Candidate]] = field(default_factory=dict)

    def between(self, window: Span, *, after: date | None) -> Iterable[Candidate]:
        day = window.earliest_on
        while day <= window.latest_on:
            if after is None or day > after:
                yield from self.days.get(day, ())
            day += date.resolution


def _by_day(candidates: Iterable[Candidate], wishes: Wishes) -> _Options:
    best: dict[tuple[date, int], Candidate] = {}
    for candidate in candidates:
        key = (candidate.day, candidate.practitioner)
        rank = (manner(candidate, wishes), candidate.starts_at)
        if key not in best or rank < (manner(best[key], wishes), best[key].starts_at):
            best[key] = candidate
    options = _Options()
    for (day, _person), candidate in sorted(best.items(), key=lambda item: item[1].starts_at):
        options.days.setdefault(day, []).append(candidate)
    return options


def _onward(step: _Step, visit: Visit, window: Span, options: _Options, wishes: Wishes) -> Iterable[_Step]:
    if visit.fixed is not None:
        row = Row(visit.ordinal, window, visit.fixed)
        cost = step.cost + misfit(visit.fixed, window, after=step.day if step.placed else None)
        yield _Step(cost, visit.fixed.day, visit.fixed.practitioner, True, step, row)
        return
    for candidate in options.between(window, after=step.day):
        row = Row(visit.ordinal, window, candidate)
        cost = step.cost + price(candidate, window, wishes, before=step.practitioner)
        yield _Step(cost, candidate.day, candidate.practitioner, True, step, row)
    row = Row(visit.ordinal, window, None)
    yield _Step(step.cost + MISSED, window.target_on, step.practitioner, False, step, row)


def misfit(fixed: Candidate, window: Span, *, after: date | None) -> int:
    """What it costs when a settled visit no longer follows the one before it as it should."""
    if after is not None and (fixed.day <= after or fixed.day < (window.hard_earliest_on or after)):
        return DISORDER
    return 0 if window.earliest_on <= fixed.day <= window.latest_on else MISFIT


def _rows(step: _Step | None) -> list[Row]:
    rows: list[Row] = []
    while step is not None:
        if step.row is not None:
            rows.append(step.row)
        step = step.before
    return rows[::-1]


def choices_of(series: Series) -> Mapping[int, Candidate]:
    """The proposed times by the number of their visit."""
    return {row.ordinal: row.choice for row in series.rows if row.choice is not None}
