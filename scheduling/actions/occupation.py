"""Taking time: what an appointment makes busy, the queue for it, and the answer when somebody was faster."""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.dates import local_day, zone_of
from common.fields import MomentsField
from common.refused import Refused
from scheduling.availability import Needs, Slot, moments, needs_of, slots
from scheduling.models import BUSY_COLUMNS, LIVE, Appointment, AppointmentStatus

RESOURCES = ("practitioner", "room", "device", "patient")
TAKEN = {"23P01", "40P01", "55P03"}
ALTERNATIVES, ALTERNATIVE_DAYS = 6, 7
LEFT_OVER = """%s::tstzmultirange - COALESCE((
    SELECT range_agg(resource_busy) FROM scheduling_appointment
    WHERE clinic_id = %s::bigint AND resource_id = %s::bigint AND resource_busy && %s::tstzmultirange
        AND id IS DISTINCT FROM %s), '{}')
"""
LONGEST_REACH = timedelta(hours=20)
LOCK_SPACE = {name: (number << 56) for number, name in enumerate(RESOURCES, start=1)}


class Taken(Exception):
    """Somebody else has this time: which resource it was, where the database says so."""

    def __init__(self, resource: str) -> None:
        self.resource = resource
        super().__init__(resource)


@contextlib.contextmanager
def taking(appointment: Appointment) -> Iterator[None]:
    """Queue for the resources of a visit and write it; a time that is taken is rolled back and said as Taken."""
    try:
        with transaction.atomic():
            _queue(appointment)
            yield
    except Error as error:
        cause: Any = error.__cause__
        if getattr(cause, "pgcode", None) not in TAKEN:
            raise
        constraint = cause.diag.constraint_name or ""
        raise Taken(constraint.removeprefix("appointment_").removesuffix("_free")) from error


def _queue(appointment: Appointment) -> None:
    """Stand in line, in one fixed order, so that simultaneous bookings wait instead of killing one another.

    The line guards nothing: what cannot be booked twice is the exclusion constraints' matter.
    """
    _stand_in_line(LOCK_SPACE[name] + pk for name in RESOURCES if (pk := getattr(appointment, f"{name}_id")))


def _stand_in_line(keys: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT unnest(%s::bigint[]) AS key ORDER BY 1) line",
            [sorted(set(keys))],
        )


def queue_for_all(
    *, patients: Iterable[int] = (), practitioners: Iterable[int] = (), rooms: Iterable[int] = ()
) -> None:
    """Stand in all the lines of a series at once, before its first visit, so that two series follow one another."""
    wanted = {"practitioner": practitioners, "room": rooms, "patient": patients}
    try:
        with transaction.atomic():
            _stand_in_line(LOCK_SPACE[name] + pk for name, pks in wanted.items() for pk in pks)
    except Error as error:
        if getattr(error.__cause__, "pgcode", None) not in TAKEN:
            raise
        raise Refused("slot_taken", _("Somebody else is booking at this moment. Try again.")) from error


def occupy(appointment: Appointment, needs: Needs, *, around_others: bool = False) -> bool:
    """Set what the visit makes busy; `around_others` leaves out what others hold, and says whether there was any."""
    for name in RESOURCES:
        held = getattr(appointment, f"{name}_id") is not None
        setattr(appointment, f"{name}_busy", needs.spans(name, appointment.starts_at) if held else ())
    return _carve(appointment) if around_others else False


def vacate(appointment: Appointment) -> None:
    """A visit that does not take place makes nobody busy."""
    for column in BUSY_COLUMNS:
        setattr(appointment, column, ())


def _carve(appointment: Appointment) -> bool:
    """Take away from each busy span what other visits already hold, so that the two together leave no hole."""
    parts, given = [], []
    for name in RESOURCES:
        parts.append(LEFT_OVER.replace("resource", name))
        wanted = moments(getattr(appointment, f"{name}_busy"))
        given += [wanted, appointment.clinic_id, getattr(appointment, f"{name}_id"), wanted, appointment.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), given)
        left = [MomentsField().to_python(value) for value in cursor.fetchone()]
    changed = False
    for name, spans in zip(RESOURCES, left, strict=True):
        changed = changed or spans != getattr(appointment, f"{name}_busy")
        setattr(appointment, f"{name}_busy", spans)
    return changed


def forget_expired_holds(clinic: Any, at: datetime) -> None:
    """Give back the times that were held and never booked; the hold stays in the record as cancelled."""
    expired = Appointment.objects.owned_by(clinic).holds_expired(at).select_for_update(skip_locked=True)
    Appointment.objects.filter(pk__in=list(expired.values_list("pk", flat=True))).update(
        status=AppointmentStatus.CANCELLED,
        held_until=None,
        cancel_reason=_("The hold ran out."),
        changed_at=at,
        **dict.fromkeys(BUSY_COLUMNS, ()),
    )


def neighbours(appointment: Appointment) -> "QuerySet[Appointment]":
    """The visits that were squeezed in beside this one on purpose, on any of its resources."""
    found = Appointment.objects.none()
    for name in RESOURCES:
        pk = getattr(appointment, f"{name}_id")
        if pk is not None and getattr(appointment, f"{name}_busy"):
            found = found | Appointment.objects.filter(**{f"{name}_id": pk})
    return found.filter(
        clinic=appointment.clinic_id,
        status__in=LIVE,
        overlap_at__isnull=False,
        starts_at__lt=appointment.ends_at + LONGEST_REACH,
        ends_at__gt=appointment.starts_at - LONGEST_REACH,
    ).exclude(pk=appointment.pk)


def widen(squeezed: list[int]) -> None:
    """Give the visits that made room for one that is gone their whole time back, as far as it is free now."""
    rows = Appointment.objects.select_for_update().select_related("kind").filter(pk__in=squeezed).order_by("pk")
    for row in rows:
        still = occupy(row, needs_of(row.kind), around_others=True)
        if not still:
            row.overlap_reason, row.overlap_by, row.overlap_at = "", None, None
        row.save(update_fields=[*BUSY_COLUMNS, "overlap_reason", "overlap_by", "overlap_at"])


def alternatives(appointment: Appointment, *, window: Any = None, at: datetime) -> list[Slot]:
    """The free times nearest to the one that was taken, with the same person first."""
    zone = appointment.location.time_zone
    day = local_day(appointment.starts_at, zone)
    first = max(local_day(at, zone), day - timedelta(days=1), *([window.earliest_on] if window else []))
    last = min(first + timedelta(days=ALTERNATIVE_DAYS), *([window.latest_on] if window else [first.max]))
    found = slots(
        appointment.clinic,
        kind=appointment.kind,
        day_from=first,
        day_to=max(first, last),
        location=appointment.location_id,
        patient=appointment.patient_id,
        leaving=appointment,
        at=at,
    )
    same = appointment.practitioner_id
    found.sort(key=lambda slot: (abs(slot.starts_at - appointment.starts_at), slot.practitioner_id != same))
    return found[:ALTERNATIVES]


def slot_taken(appointment: Appointment, resource: str, *, window: Any = None, at: datetime) -> Refused:
    """The refusal of a time that somebody else has, with what is free instead."""
    sentences = {
        "practitioner": _("%(who)s is busy at this time.") % {"who": appointment.practitioner},
        "room": _("The room is taken at this time."),
        "device": _("The device is taken at this time."),
        "patient": _("The patient has another visit at this time."),
    }
    sentence = sentences.get(resource) or _("Somebody else has just taken this time.")
    free = alternatives(appointment, window=window, at=at)
    return Refused("slot_taken", sentence, alternatives=[slot_as_dict(slot, appointment.location) for slot in free])


def slot_as_dict(slot: Slot, location: Any) -> dict[str, Any]:
    """A free time as the API says it."""
    zone = zone_of(location.time_zone)
    return {
        "starts_at": slot.starts_at.astimezone(zone).isoformat(),
        "ends_at": slot.ends_at.astimezone(zone).isoformat(),
        "practitioner": slot.practitioner_id,
        "room": slot.room_id,
        "location": slot.location_id,
    }
