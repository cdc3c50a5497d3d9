"""The round of the day: each list, whether it was looked at today, and what was found."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from common.dates import local_day
from scheduling.models import DailyEntry, DailyList
from scheduling.rules.daily_lists import troubles


@dataclass(frozen=True)
class Line:
    """One list on one day of its place."""

    daily_list: DailyList
    day: date
    entries: list[DailyEntry] = field(default_factory=list)

    @property
    def last(self) -> DailyEntry | None:
        return self.entries[0] if self.entries else None

    @property
    def is_done(self) -> bool:
        return bool(self.entries)

    @property
    def troubles(self) -> list[str]:
        return troubles_of(self.last, self.daily_list) if self.last else []


def round_of(clinic: Any, at: datetime) -> list[Line]:
    """Give each list in use with what was found today, the last entry first."""
    lists = list(clinic.daily_lists.active().with_place().in_order())
    days = {each.pk: local_day(at, each.location.time_zone) for each in lists}
    found: dict[int, list[DailyEntry]] = {}
    rows = clinic.daily_entries.current().filter(on__in=set(days.values())).select_related("by").newest_first()
    for entry in rows:
        if days.get(entry.daily_list_id) == entry.on:
            found.setdefault(entry.daily_list_id, []).append(entry)
    return [Line(each, days[each.pk], found.get(each.pk, [])) for each in lists]


def troubles_of(entry: DailyEntry, daily_list: DailyList) -> list[str]:
    """Say again what was not in order; nothing where it was."""
    if entry.is_in_order:
        return []
    return troubles(daily_list, entry.on, temperature_c=entry.temperature_c, findings=entry.findings)


def last_dates(daily_list: DailyList) -> dict[str, str]:
    """Give the expiry dates that were read off the things of a kit last time: they are offered again."""
    last = daily_list.entries.current().newest_first().first()
    return {each["thing"]: each.get("expires_on") or "" for each in last.findings} if last else {}
