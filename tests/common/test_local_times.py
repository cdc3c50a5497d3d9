from datetime import UTC, date, datetime

import pytest

from common.dates import day_bounds, local_day, resolve_local
from common.refused import Refused


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/Madrid", datetime(2027, 3, 28, 2, 30)),
        ("America/New_York", datetime(2027, 3, 14, 2, 30)),
        ("Europe/Lisbon", datetime(2027, 3, 28, 1, 30)),
        ("Australia/Sydney", datetime(2027, 10, 3, 2, 30)),
    ],
)
def test_a_wall_time_that_the_clocks_skip_is_refused(zone, wall):
    with pytest.raises(Refused, match="does not exist") as refused:
        resolve_local(wall, zone)
    assert refused.value.code == "invalid_local_time"


@pytest.mark.parametrize(
    ("zone", "wall"),
    [("Europe/Madrid", datetime(2027, 10, 31, 2, 30)), ("America/New_York", datetime(2027, 11, 7, 1, 30))],
)
def test_a_wall_time_that_happens_twice_is_refused(zone, wall):
    with pytest.raises(Refused, match="twice"):
        resolve_local(wall, zone)


def test_an_ordinary_wall_time_is_one_moment():
    assert resolve_local(datetime(2026, 12, 7, 10), "Europe/Madrid") == datetime(2026, 12, 7, 9, tzinfo=UTC)


def test_a_day_is_as_long_as_its_place_makes_it():
    start, end = day_bounds(date(2027, 3, 28), "Europe/Madrid")
    assert (end - start).total_seconds() == 23 * 3600
    assert local_day(start, "Europe/Madrid") == date(2027, 3, 28)
