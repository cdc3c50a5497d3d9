"""Messages are few: what is due on one day goes out as one letter, one a day and three a week for each patient.

Bookings and changes are told at once and are not counted. The sheet after a session always goes; everything else gives
way to it, and rides along in it where the days meet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Clinic
from common.dates import local_day
from messaging.models import Message, MessageKind, MessageState
from reminders.rules.dues import GENTLE, PLANNED, Due
from reminders.rules.visits import UNDER_WAY

A_WEEK = 7
MOST_A_WEEK = 3
NODULES_WAIT_DAYS = 3
RANK: dict[str, int] = {str(kind): place for place, kind in enumerate(GENTLE)}


@dataclass
class Diary:
    """The days on which a patient was written to, and those on which a treatment, and so its sheet, lies ahead."""

    written: list[date] = field(default_factory=list)
    treated: list[date] = field(default_factory=list)


def arranged(clinic: Clinic, news: Iterable[Due], gentle: Iterable[Due], at: datetime) -> Iterator[Due]:
    """Put what is due for one patient into one letter, and leave out what has to wait for another day."""
    by_patient: dict[int, list[Due]] = defaultdict(list)
    for item in (*news, *gentle):
        by_patient[item.patient.pk].append(item)
    asking = [pk for pk, items in by_patient.items() if any(_may_wait(each) for each in items)]
    diaries = diaries_of(clinic, asking, at)
    for pk, items in by_patient.items():
        yield from _letters_of(items, diaries.get(pk, Diary()), at)


def _may_wait(item: Due) -> bool:
    return item.kind in GENTLE and item.kind != MessageKind.AFTERCARE


def _letters_of(items: list[Due], diary: Diary, at: datetime) -> Iterator[Due]:
    letters = [each for words in ("confirmation", "change", "cancellation") for each in _one_of(items, words)]
    sheets = [each for each in items if each.kind == MessageKind.AFTERCARE]
    rest = sorted((each for each in items if _may_wait(each)), key=lambda each: (RANK[each.kind], each.due_at))
    booked = [each for each in letters if each.words == "confirmation"]
    if sheets and booked:
        letters = [each for each in letters if each not in booked]
        rest = [*booked, *booked[0].riders, *rest]
    carriers = [*sheets, *booked]
    if not carriers:
        today = local_day(at, rest[0].location.time_zone) if rest else None
        rest = [each for each in rest if today and not waits(each, diary, today)]
        carriers, rest = rest[:1], rest[1:]
    if carriers:
        first = carriers[0]
        carrier = replace(first, riders=(*first.riders, *rest))
        letters = [carrier if each is first else each for each in letters]
        yield from (carrier if each is first else each for each in sheets)
        if first not in sheets and first.words != "confirmation":
            yield carrier
    yield from letters


def _one_of(items: list[Due], words: str) -> list[Due]:
    """Say several bookings, or several changes, in one letter, which waits for the last of them."""
    same = [each for each in items if each.words == words]
    if len(same) < 2:
        return same
    held_until = max((each.held_until for each in same if each.held_until), default=None)
    first, *riders = same
    return [replace(first, held_until=held_until, riders=tuple(replace(each, held_until=None) for each in riders))]


def waits(item: Due, diary: Diary, today: date) -> bool:
    """Say whether a message has to wait for another day."""
    if today in diary.written or today in diary.treated:
        return True
    if item.kind == MessageKind.NODULE_CHECK:
        near = today + timedelta(days=NODULES_WAIT_DAYS)
        if any(today < day <= near for day in diary.treated):
            return True
    return is_full(diary, today)


def is_full(diary: Diary, today: date) -> bool:
    """Say whether one letter more today would make four in any seven days, the sheets still to come counted."""
    taken = [*diary.written, *(day for day in diary.treated if day > today)]
    for back in range(A_WEEK):
        first = today - timedelta(days=back)
        in_week = sum(first <= day < first + timedelta(days=A_WEEK) for day in taken)
        if in_week + 1 > MOST_A_WEEK:
            return True
    return False


def diaries_of(clinic: Clinic, patients: list[int], at: datetime) -> dict[int, Diary]:
    """Read for some patients when they were written to within a week, and when they are treated within the next."""
    found: dict[int, Diary] = defaultdict(Diary)
    if not patients:
        return found
    written = Message.objects.filter(
        clinic=clinic,
        patient__in=patients,
        kind__in=GENTLE,
        carried_by__isnull=True,
        created_at__gte=at - timedelta(days=A_WEEK + 1),
    ).exclude(state__in=[MessageState.SUPPRESSED, MessageState.FAILED])
    for pk, created_at, zone in written.values_list("patient", "created_at", "clinic__time_zone"):
        found[pk].written.append(local_day(created_at, zone))
    for pk, starts_at, zone in _treatments(clinic, patients, at):
        found[pk].treated.append(local_day(starts_at, zone))
    return found


def _treatments(clinic: Clinic, patients: list[int], at: datetime) -> Any:
    rows = clinic.appointments.filter(
        patient__in=patients,
        course_visit__done_on__isnull=True,
        course_visit__isnull=False,
        status__in=[*PLANNED, *UNDER_WAY],
        ends_at__gte=at - timedelta(hours=12),
        starts_at__lte=at + timedelta(days=A_WEEK),
    )
    return rows.values_list("patient", "starts_at", "location__time_zone")
