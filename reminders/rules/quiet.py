"""The hours in which nobody is written to, and the hour of a day at which a question comes."""

from datetime import date, datetime, time, timedelta
from typing import Any

from common.dates import zone_of

HOURS_KEY = "messages.quiet_hours"
FROM, UNTIL = time(21), time(8)
ASKED_AT = time(10)


def hours_of(value: Any) -> tuple[time, time]:
    """Read the clinic's decision, written as {"from": "21:00", "until": "08:00"}; anything else is the default."""
    try:
        return time.fromisoformat(value["from"]), time.fromisoformat(value["until"])
    except (KeyError, TypeError, ValueError):
        return FROM, UNTIL


def after_quiet(moment: datetime, zone: str, hours: tuple[time, time] = (FROM, UNTIL)) -> datetime:
    """Move a moment out of the night of a place, by default from nine in the evening to eight in the morning."""
    starts, ends = hours
    local = moment.astimezone(zone_of(zone))
    clock = local.time()
    is_quiet = starts <= clock < ends if starts <= ends else clock >= starts or clock < ends
    if not is_quiet:
        return moment
    day = local.date() + timedelta(days=1) if clock >= starts and starts > ends else local.date()
    return datetime.combine(day, ends, tzinfo=zone_of(zone)).astimezone(moment.tzinfo)


def morning_of(day: date, zone: str) -> datetime:
    """Give the moment at which a question of a day comes: ten by the clock of the place, in summer and in winter."""
    return datetime.combine(day, ASKED_AT, tzinfo=zone_of(zone))
