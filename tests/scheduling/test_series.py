"""The cheapest series: always inside its windows and in order, and never dearer than trying everything."""

from datetime import date, datetime, time, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.rules.windows import Window, after
from scheduling.series import MISFIT, MISSED, Candidate, Visit, Wishes, misfit, price, propose

START = date(2025, 2, 3)
HOURS = (9, 11, 16)


def closed_on_sundays(day):
    return day.isoweekday() != 7


def window(low, high):
    def place(previous):
        if previous is None:
            return Window(START, START, START)
        return after(previous, min_days=low, max_days=high, label_bound=False, is_open=closed_on_sundays)

    return place


def at(day, hour=9, doctor=1, room=1):
    return Candidate(datetime.combine(day, time(hour)), doctor, room)


def days(first, last):
    return [START + timedelta(days=n) for n in range(first, last + 1)]


def week_by_week(free, *, visits=3, low=7, high=10, fixed=None):
    return [Visit(n, window(low, high), free, (fixed or {}).get(n)) for n in range(1, visits + 1)]


def chosen(series):
    return [row.choice.day if row.choice else None for row in series.rows]


def test_each_visit_follows_the_day_that_was_chosen_before_it():
    free = [at(START), *(at(day) for day in days(8, 40))]

    series = propose(week_by_week(free), Wishes())

    assert chosen(series) == [START, START + timedelta(days=8), START + timedelta(days=15)]


def test_a_day_off_the_target_now_is_better_than_a_visit_without_a_time_later():
    free = [at(START), at(START + timedelta(days=7)), at(START + timedelta(days=9)), at(START + timedelta(days=19))]

    series = propose(week_by_week(free), Wishes())

    assert chosen(series) == [START, START + timedelta(days=9), START + timedelta(days=19)]


def test_a_visit_without_a_time_is_passed_over_on_its_target_day():
    free = [at(START), *(at(day) for day in days(14, 17))]

    series = propose(week_by_week(free), Wishes())

    assert chosen(series) == [START, None, START + timedelta(days=14)]
    assert series.rows[1].window.target_on == START + timedelta(days=7)


def test_the_wished_weekday_and_hours_are_found_inside_the_window():
    free = [at(day, hour) for day in [START, *days(7, 30)] for hour in HOURS]
    wishes = Wishes(weekdays=frozenset({3}), not_before=time(14))

    series = propose(week_by_week(free), wishes)

    assert [row.choice.day.isoweekday() for row in series.rows] == [1, 3, 3]
    assert {row.choice.starts_at.hour for row in series.rows} == {16}


def test_the_known_person_is_worth_a_day_and_not_a_week():
    first, second = START + timedelta(days=7), START + timedelta(days=8)
    free = [at(START), at(first, doctor=2), at(second, doctor=1)]

    assert propose(week_by_week(free, visits=2), Wishes(practitioner=1)).rows[1].choice == at(second)
    far = [at(START), at(first, doctor=2), at(START + timedelta(days=17), doctor=1)]
    assert propose(week_by_week(far, visits=2, high=20), Wishes(practitioner=1)).rows[1].choice.practitioner == 2


def test_what_is_booked_stays_and_what_comes_before_makes_room_for_it():
    booked = {3: at(START + timedelta(days=19))}
    free = [at(day) for day in [START, *days(7, 30)]]

    series = propose(week_by_week(free, fixed=booked), Wishes())

    assert chosen(series) == [START, START + timedelta(days=9), START + timedelta(days=19)]


windows = st.tuples(st.integers(1, 6), st.integers(0, 4)).map(lambda pair: (pair[0], sum(pair)))
free_times = st.lists(
    st.builds(
        at,
        st.integers(0, 25).map(lambda n: START + timedelta(days=n)),
        st.sampled_from(HOURS),
        st.integers(1, 2),
    ),
    max_size=9,
)
wished = st.builds(
    Wishes,
    weekdays=st.frozensets(st.integers(1, 7), max_size=3),
    not_before=st.sampled_from([None, time(10)]),
    not_after=st.sampled_from([None, time(15)]),
    practitioner=st.sampled_from([None, 1]),
)
courses = st.lists(st.tuples(windows, free_times), min_size=1, max_size=4)


def visits_of(course):
    return [Visit(n, window(*bounds), free) for n, (bounds, free) in enumerate(course, start=1)]


@given(courses, wished)
@settings(max_examples=300, deadline=None)
def test_every_time_is_free_inside_its_window_on_an_open_day_and_in_order(course, wishes):
    course = [(bounds, [each for each in free if closed_on_sundays(each.day)]) for bounds, free in course]
    visits = visits_of(course)

    rows = propose(visits, wishes).rows

    previous = None
    for visit, row in zip(visits, rows, strict=True):
        assert row.window == visit.window(previous)
        if row.choice:
            assert row.choice in visit.candidates
            assert row.window.earliest_on <= row.choice.day <= row.window.latest_on
            assert previous is None or row.choice.day > previous
            assert closed_on_sundays(row.choice.day)
        previous = row.choice.day if row.choice else row.window.target_on


def cost_of(visits, picks, wishes):
    """What a hand-made series costs, or None where it breaks a window."""
    total, day, who = 0, None, None
    for visit, pick in zip(visits, picks, strict=True):
        place = visit.window(day)
        if pick is None:
            total, day = total + MISSED, place.target_on
            continue
        if not place.earliest_on <= pick.day <= place.latest_on or (day and pick.day <= day):
            return None
        total += price(pick, place, wishes, before=who)
        day, who = pick.day, pick.practitioner
    return total


@given(courses, wished)
@settings(max_examples=200, deadline=None)
def test_no_other_series_is_cheaper(course, wishes):
    course = [(bounds, free[:6]) for bounds, free in course]
    visits = visits_of(course)
    series = propose(visits, wishes)

    everything = product(*([None, *visit.candidates] for visit in visits))
    cheapest = min(cost for picks in everything if (cost := cost_of(visits, picks, wishes)) is not None)

    assert series.cost == cheapest
    assert cost_of(visits, [row.choice for row in series.rows], wishes) == cheapest


def test_a_label_is_dearer_than_leaving_a_visit_out():
    bound = after(START, min_days=30, max_days=56, label_bound=True, is_open=closed_on_sundays)
    loose = after(START, min_days=30, max_days=56, label_bound=False, is_open=closed_on_sundays)
    soon = at(START + timedelta(days=20))

    assert misfit(soon, bound, after=START) > MISSED > misfit(soon, loose, after=START) == MISFIT


def test_fifteen_visits_among_eight_people_take_a_moment():
    free = [at(day, hour, doctor) for day in days(0, 260) for hour in range(9, 17) for doctor in range(1, 9)]
    visits = [Visit(n, window(14, 21), free) for n in range(1, 16)]

    series = propose(visits, Wishes(practitioner=1))

    assert series.cost == 0
    assert all(row.choice.practitioner == 1 for row in series.rows)
