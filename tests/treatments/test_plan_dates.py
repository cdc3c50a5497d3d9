"""The days of a plan: the reference's own examples, and laws that hold for any protocol."""

import itertools
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refused import Refused
from treatments import dates
from treatments.dates import Phase, Timing

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "test_vectors.json").read_text(encoding="utf-8"))
SUNDAYS_CLOSED = dates.open_days(["sunday"])
MONDAY = date(2025, 2, 3)


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@st.composite
def protocols(draw):
    phases, left = [], draw(st.integers(3, 15))
    while left:
        sessions = draw(st.integers(1, left))
        low = draw(st.integers(1, 92))
        phases.append(Phase(sessions, low, low + draw(st.integers(0, 30))))
        left -= sessions
    return tuple(phases)


starts = st.dates(date(2024, 1, 1), date(2030, 12, 31))
holidays = st.sets(st.dates(date(2024, 1, 1), date(2034, 12, 31)), max_size=60)


@pytest.mark.parametrize("vector", VECTORS["plan_dates"], ids=lambda vector: vector["phases"])
def test_the_reference_plans_fall_on_their_days(vector):
    is_open = dates.open_days([vector["closed_weekdays"]], [date.fromisoformat(day) for day in vector["holidays"]])
    planned = dates.plan_dates(
        date.fromisoformat(vector["start"]), dates.parse_phases(vector["phases"]), is_open=is_open
    )
    assert planned == days(*vector["dates"])


def test_a_session_has_the_interval_of_its_own_phase():
    planned = dates.plan_dates(date(2025, 1, 13), dates.parse_phases("4x7d;2x14d;4x28-31d"), is_open=SUNDAYS_CLOSED)
    assert planned == days(
        "2025-01-13", "2025-01-20", "2025-01-27", "2025-02-03", "2025-02-17",
        "2025-03-03", "2025-03-31", "2025-04-28", "2025-05-26", "2025-06-23",
    )  # fmt: skip


def test_later_sessions_are_counted_from_the_day_that_really_happened():
    cellulite = dates.parse_phases("8x7-10d;4x14-17d;3x28-31d")
    planned = dates.plan_dates(date(2025, 1, 7), cellulite, is_open=SUNDAYS_CLOSED)
    actual = dict(enumerate(planned[:10], start=1)) | {11: date(2025, 4, 15)}

    again = dates.plan_dates(date(2025, 1, 7), cellulite, is_open=SUNDAYS_CLOSED, known=actual)

    assert again[10:] == days("2025-04-15", "2025-04-29", "2025-05-27", "2025-06-24", "2025-07-22")
    eleventh = dates.window(planned[9], dates.interval(cellulite, 11))
    assert dates.judge(eleventh, date(2025, 4, 15)) is Timing.LATE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4x7d", (Phase(4, 7, 10),)),
        ("3x27d", (Phase(3, 27, 30),)),
        ("3x28d", (Phase(3, 28, 35),)),
        ("4x30-56d", (Phase(4, 30, 56),)),
        (" 2 x 14 - 17 d ; 1x28d; ", (Phase(2, 14, 17), Phase(1, 28, 35))),
    ],
)
def test_phases_are_read_with_their_tolerance(text, expected):
    assert dates.parse_phases(text) == expected


@pytest.mark.parametrize("text", ["", ";", "4x", "x7d", "4x7", "0x7d", "4x0d", "4x10-7d", "4x7-d", "4x7w", "-4x7d"])
def test_phases_that_make_no_sense_are_refused_with_a_sentence(text):
    with pytest.raises(dates.InvalidSchedule, match=r"[A-Z“].*\.$"):
        dates.parse_phases(text)


@pytest.mark.parametrize("sessions", [0, 1, 2, 16, 100])
def test_a_plan_has_three_to_fifteen_sessions(sessions):
    with pytest.raises(dates.InvalidSchedule, match="from 3 to 15 sessions"):
        dates.plan_dates(MONDAY, dates.parse_phases("4x7d"), sessions=sessions)


def test_more_sessions_than_the_protocol_has_are_refused_with_their_own_code():
    with pytest.raises(Refused, match="from 3 to 10") as refused:
        dates.check_session_count(11, max_sessions=10)
    assert refused.value.code == "session_count"


def test_extra_sessions_go_on_in_the_last_phase():
    planned = dates.plan_dates(MONDAY, dates.parse_phases("3x7d;1x14d"), sessions=6)
    assert planned[3:] == days("2025-03-03", "2025-03-17", "2025-03-31")


def test_a_closed_start_is_refused_with_the_next_open_day():
    with pytest.raises(Refused, match="2025-02-03") as refused:
        dates.plan_dates(date(2025, 2, 2), dates.parse_phases("4x7d"), is_open=SUNDAYS_CLOSED)
    assert refused.value.extra["next_open"] == MONDAY


def test_a_closed_target_goes_back_only_when_the_window_has_no_open_day():
    is_open = dates.open_days([], [MONDAY + timedelta(days=ahead) for ahead in range(7, 11)])
    assert dates.window(MONDAY, Phase(4, 7, 10), is_open).target == MONDAY + timedelta(days=6)


def test_a_label_never_lets_a_target_go_back_below_its_hard_minimum():
    is_open = dates.open_days([], [MONDAY + timedelta(days=ahead) for ahead in range(30, 57)])
    place = dates.window(MONDAY, Phase(4, 30, 56), is_open, hard_min_days=30)
    assert place.target == MONDAY + timedelta(days=57)
    assert dates.judge(place, MONDAY + timedelta(days=29)) is Timing.FORBIDDEN


@pytest.mark.parametrize(
    ("after", "timing"),
    [(6, "early"), (7, "inside"), (10, "inside"), (11, "late"), (20, "late"), (21, "reassess")],
)
def test_a_day_is_early_inside_late_or_needs_a_new_assessment(after, timing):
    place = dates.window(MONDAY, Phase(4, 7, 10))
    assert dates.judge(place, MONDAY + timedelta(days=after)) == timing


def test_days_are_calendar_days_across_the_clock_change():
    planned = dates.plan_dates(date(2025, 3, 24), dates.parse_phases("3x7d"))
    assert planned == days("2025-03-24", "2025-03-31", "2025-04-07")


def test_holding_a_phase_keeps_its_interval_and_asks_again():
    phases = dates.parse_phases("4x7-10d;2x14-17d;4x28-31d")
    assert dates.decision_due(phases, 4, 10)
    held = {4: False}
    assert dates.interval(phases, 5, held).min_days == 7
    assert dates.decision_due(phases, 5, 10, held)
    assert dates.interval(phases, 6, held).min_days == 14
    twice = {4: False, 5: False}
    assert [dates.interval(phases, ordinal, twice).min_days for ordinal in (5, 6, 7, 8)] == [7, 7, 14, 28]


def test_nobody_is_asked_inside_a_phase_or_after_the_last_session():
    phases = dates.parse_phases("4x7-10d;2x14-17d")
    assert [ordinal for ordinal in range(1, 7) if dates.decision_due(phases, ordinal, 6)] == [4]


@given(protocols(), starts, holidays)
def test_every_target_is_open_and_after_the_one_before(phases, start, shut):
    is_open = dates.open_days(["sunday"], shut)
    start = dates.next_open_day(start, is_open)
    planned = dates.plan_dates(start, phases, is_open=is_open)
    assert planned[0] == start
    assert len(planned) == dates.total_sessions(phases)
    assert all(is_open(day) for day in planned)
    assert all(earlier < later for earlier, later in itertools.pairwise(planned))


@given(protocols(), starts, holidays, st.integers(1, 60))
def test_a_hard_minimum_holds_between_all_sessions(phases, start, shut, hard):
    is_open = dates.open_days(["sunday"], shut)
    planned = dates.plan_dates(dates.next_open_day(start, is_open), phases, is_open=is_open, hard_min_days=hard)
    assert all((later - earlier).days >= hard for earlier, later in itertools.pairwise(planned))


@given(protocols(), starts)
def test_without_closures_every_target_is_the_shortest_interval(phases, start):
    planned = dates.plan_dates(start, phases)
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(planned)]
    assert gaps == [dates.interval(phases, ordinal).min_days for ordinal in range(2, len(planned) + 1)]


@given(protocols(), starts, st.integers(1, 14), st.integers(0, 90))
def test_what_is_done_never_moves(phases, start, ordinal, slip):
    planned = dates.plan_dates(start, phases)
    ordinal = min(ordinal, len(planned))
    known = dict(enumerate(planned[: ordinal - 1], start=1)) | {ordinal: planned[ordinal - 1] + timedelta(days=slip)}
    again = dates.plan_dates(start, phases, known=known)
    assert again[:ordinal] == list(known.values())
    assert again[ordinal:] == [day + timedelta(days=slip) for day in planned[ordinal:]]


@given(protocols())
def test_phases_are_written_as_they_are_read(phases):
    assert dates.parse_phases(dates.format_phases(phases)) == phases
