"""Free times as buttons by part of the day, and the visits of a plan that wait for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import local_day
from common.refused import Refused
from scheduling.availability import Slot
from scheduling.models import Course
from scheduling.rules import windows
from scheduling.rules.windows import Window

PARTS = ((time(12), _("Morning")), (time(17), _("Afternoon")), (time.max, _("Evening")))


@dataclass(frozen=True)
class Offer:
    """A free time as a button; `local` is the clock of the place, without a zone, so that no page shifts it again."""

    local: datetime
    who: str
    value: str


@dataclass
class OfferDay:
    """The free times of one day, by part of the day; `timing` says how the day lies to the plan's window."""

    day: date
    timing: str
    parts: list[tuple[str | Promise, list[Offer]]]

    @property
    def count(self) -> int:
        return sum(len(offers) for _label, offers in self.parts)


def value_of(slot: Slot) -> str:
    """A free time in one word, for a button: moment, practitioner, room."""
    return f"{slot.starts_at.isoformat()}|{slot.practitioner_id}|{slot.room_id or ''}"


def offers_of(slots: Iterable[Slot], *, zone: str, names: dict[int, str], window: Window | None) -> list[OfferDay]:
    """Free times by day and part of the day, each time once: of several people the first."""
    tz = ZoneInfo(zone)
    days: dict[date, dict[str, list[Offer]]] = {}
    seen: set[datetime] = set()
    for slot in slots:
        if slot.starts_at in seen:
            continue
        seen.add(slot.starts_at)
        local = slot.starts_at.astimezone(tz)
        label = next(str(name) for until, name in PARTS if local.time() < until or until == time.max)
        offer = Offer(local.replace(tzinfo=None), names.get(slot.practitioner_id, ""), value_of(slot))
        days.setdefault(local.date(), {}).setdefault(label, []).append(offer)
    return [
        OfferDay(day, windows.judge(window, day) if window else "", list(parts.items())) for day, parts in days.items()
    ]


@dataclass(frozen=True)
class Due:
    """The next unbooked visit of a plan, and where it belongs."""

    visit: Any
    window: Window
    total: int
    is_late: bool


def due_visits(courses: Any, *, at: datetime) -> list[Due]:
    """For each plan that goes on, the first visit that is neither done nor booked."""
    found = []
    for course in courses.live().with_visits().select_related("location", "practitioner"):
        due = next_due(course, at=at)
        if due:
            found.append(due)
    return found


def next_due(course: Course, *, at: datetime) -> Due | None:
    """The first visit of a course that is neither done nor booked."""
    zone = course.location.time_zone
    visits = [visit for visit in course.visits.all() if not visit.skipped]
    waiting = [visit for visit in visits if windows.booked_day(visit, zone) is None]
    if not waiting:
        return None
    window = windows.of_course(course, visits=visits)[waiting[0].ordinal]
    return Due(waiting[0], window, len(visits), window.latest_on < local_day(at, zone))


def alternatives_of(taken: list[dict[str, Any]] | None, zone: str, clinic: Any) -> list[Offer]:
    """What is free instead of a time that was taken, as buttons."""
    if not taken:
        return []
    names = {person.pk: str(person) for person in clinic.practitioners.active().with_person()}
    tz = ZoneInfo(zone)
    return [
        Offer(
            datetime.fromisoformat(each["starts_at"]).astimezone(tz).replace(tzinfo=None),
            names.get(each["practitioner"], ""),
            f"{each['starts_at']}|{each['practitioner']}|{each['room'] or ''}",
        )
        for each in taken
    ]


def later_of(refused: Refused, zone: str) -> list[dict[str, Any]]:
    """The later visits that a change would push out of their windows, with days and times written out."""
    rows = []
    for each in refused.extra.get("later", []):
        proposal = each["proposal"]
        days = {key: _written(date.fromisoformat(each[key])) for key in ("booked_on", "earliest_on", "latest_on")}
        moment = datetime.fromisoformat(proposal["starts_at"]) if "starts_at" in proposal else None
        shown = date_format(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None), "l j F Y, H:i") if moment else ""
        rows.append({**each, **days, "shown_at": shown})
    return rows


def _written(day: date) -> str:
    return date_format(day, "l j F Y")
