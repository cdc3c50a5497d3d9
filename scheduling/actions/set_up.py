"""What the owner says of the calendar: rooms, kinds of visit, hours, days that differ, closures."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.refused import Refused
from scheduling.models import (
    AppointmentKind,
    Closure,
    HoursException,
    KindNeed,
    KindRoom,
    KindSegment,
    Room,
    WorkingHours,
)


@audited("room.added")
def add_room(clinic: Any, *, location: Any, name: str, position: int = 0, by: User, at: datetime) -> Room:
    """Add a room in which visits take place."""
    if location.rooms.filter(name=name).exists():
        raise Refused("already_done", _("There is a room of this name at this place already."))
    return Room.objects.create(clinic=clinic, location=location, name=name, position=position)


@audited("room.edited")
def edit_room(room: Room, *, by: User, at: datetime, **fields: Any) -> Room:
    """Rename a room, change its place in lists, or take it out of use; booked visits stay where they are."""
    return _edited(room, fields)


@audited("appointment_kind.added")
def add_kind(
    clinic: Any,
    *,
    name: str,
    minutes: int,
    slug: str = "",
    rooms: Iterable[Room] = (),
    needs: Iterable[Any] = (),
    segments: Iterable[tuple[str, int, int]] = (),
    by: User,
    at: datetime,
    **fields: Any,
) -> AppointmentKind:
    """Add a sort of visit; `segments` are (resource, from, to), where somebody is not needed throughout."""
    slug = slug or slugify(name)[:60]
    if clinic.appointment_kinds.filter(slug=slug).exists():
        raise Refused("already_done", _("There is a kind of visit of this name already."))
    kind = AppointmentKind.objects.create(clinic=clinic, name=name, slug=slug, minutes=minutes, **fields)
    _link_rooms(kind, rooms)
    KindNeed.objects.bulk_create(KindNeed(clinic=clinic, kind=kind, competence=each) for each in needs)
    KindSegment.objects.bulk_create(
        KindSegment(clinic=clinic, kind=kind, resource=resource, from_minute=low, to_minute=high)
        for resource, low, high in segments
    )
    return kind


@audited("appointment_kind.edited")
def edit_kind(
    kind: AppointmentKind, *, rooms: Iterable[Room] | None = None, by: User, at: datetime, **fields: Any
) -> AppointmentKind:
    """Change a sort of visit; what is booked keeps the time it has."""
    if rooms is not None:
        KindRoom.objects.filter(kind=kind).delete()
        _link_rooms(kind, rooms)
    return _edited(kind, fields)


def _link_rooms(kind: AppointmentKind, rooms: Iterable[Room]) -> None:
    KindRoom.objects.bulk_create(KindRoom(clinic_id=kind.clinic_id, kind=kind, room=room) for room in rooms)


def _edited(row: Any, fields: dict[str, Any]) -> Any:
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=changed)
    note_fields(changed)
    return row


@audited("working_hours.added")
def add_hours(
    clinic: Any,
    *,
    location: Any,
    weekdays: Iterable[int],
    starts: time,
    ends: time,
    valid_from: date,
    practitioner: Any = None,
    room: Any = None,
    by: User,
    at: datetime,
) -> Any:
    """Say when a practitioner works at a place, a room is open, or (neither named) the place is, on these weekdays."""
    if ends <= starts:
        raise Refused("outside_hours", _("The end lies before the beginning."))
    WorkingHours.objects.bulk_create(
        WorkingHours(
            clinic=clinic,
            location=location,
            practitioner=practitioner,
            room=room,
            weekday=day,
            starts=starts,
            ends=ends,
            valid_from=valid_from,
        )
        for day in weekdays
    )
    return practitioner or room or location


@audited("working_hours.ended")
def end_hours(hours: WorkingHours, *, on: date, by: User, at: datetime) -> WorkingHours:
    """Let a line of the weekly pattern hold for the last time on a day."""
    hours.valid_until = max(on, hours.valid_from)
    hours.save(update_fields=["valid_until"])
    return hours


@audited("hours_exception.added")
def add_exception(
    clinic: Any,
    *,
    kind: str,
    day: date,
    starts: time | None = None,
    ends: time | None = None,
    location: Any = None,
    practitioner: Any = None,
    room: Any = None,
    reason: str = "",
    by: User,
    at: datetime,
) -> HoursException:
    """Say how one day differs: somebody is off (all day where no times are given), or there in addition."""
    return HoursException.objects.create(
        clinic=clinic,
        kind=kind,
        day=day,
        starts=starts,
        ends=ends,
        location=location,
        practitioner=practitioner,
        room=room,
        reason=reason,
    )


@audited("hours_exception.removed")
def remove_exception(exception: HoursException, *, by: User, at: datetime) -> Any:
    """Let a day follow the weekly pattern again."""
    clinic = exception.clinic
    exception.delete()
    return clinic


@audited("closure.added")
def add_closure(
    clinic: Any,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    location: Any = None,
    is_public_holiday: bool = False,
    by: User,
    at: datetime,
) -> Closure:
    """Close a place, or the whole clinic, for some days."""
    return Closure.objects.create(
        clinic=clinic,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        location=location,
        is_public_holiday=is_public_holiday,
    )


@audited("closure.removed")
def remove_closure(closure: Closure, *, by: User, at: datetime) -> Any:
    """Open again on days that were closed."""
    clinic = closure.clinic
    closure.delete()
    return clinic
