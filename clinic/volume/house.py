"""The clinic that volume data belongs to: five places with eight practitioners and rooms each, six days a week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.actions import members
from accounts.models import Clinic, Location, Role, User
from scheduling.actions import set_up

SLUG, ZONE = "volume", "Europe/Madrid"
PLACES, PRACTITIONERS = 5, 40
OPENS, CLOSES = time(8), time(18)
FRONT_DESK = "desk@volume.example"


@dataclass(frozen=True)
class House:
    """The clinic and the numbers of its people, rooms and kinds of visit."""

    clinic: Any
    practitioners: list[int]
    rooms: list[int]
    places: list[int]
    kind: int
    system: int


def found(today: date, at: datetime) -> House:
    """Open the clinic, or take the one that is there."""
    system = User.objects.system()
    clinic = Clinic.objects.filter(slug=SLUG).first() or _build(system, today, at)
    return House(
        clinic=clinic,
        practitioners=list(clinic.practitioners.order_by("pk").values_list("pk", flat=True)),
        rooms=list(clinic.rooms.order_by("position").values_list("pk", flat=True)),
        places=list(clinic.rooms.order_by("position").values_list("location", flat=True)),
        kind=clinic.appointment_kinds.get().pk,
        system=system.pk,
    )


def _build(system: Any, today: date, at: datetime) -> Any:
    clinic = members.found(name="Volume Clinic", slug=SLUG, time_zone=ZONE, is_demo=True, by=system, at=at)
    clinic.locations.bulk_create(
        Location(clinic=clinic, name=f"Place {number}", time_zone=ZONE) for number in range(1, PLACES)
    )
    places = list(clinic.locations.order_by("pk"))
    members.add(
        clinic, email=FRONT_DESK, display_name="Front desk", password=None, roles=[Role.FRONT_DESK], by=system, at=at
    )
    set_up.add_kind(clinic, name="Visit", minutes=30, by=system, at=at)
    for number in range(PRACTITIONERS):
        place = places[number * PLACES // PRACTITIONERS]
        membership = members.add(
            clinic,
            email=f"p{number}@volume.example",
            display_name=f"Practitioner {number:02d}",
            password=None,
            roles=[Role.PRACTITIONER],
            by=system,
            at=at,
        )
        person = members.license_practitioner(
            membership,
            profession="Physician",
            licence_number=f"V-{number}",
            licence_issuer="Volume",
            licence_expires_on=today + timedelta(days=3650),
            by=system,
            at=at,
        )
        set_up.add_room(clinic, location=place, name=f"Room {number:02d}", position=number, by=system, at=at)
        set_up.add_hours(
            clinic,
            location=place,
            practitioner=person,
            weekdays=range(1, 7),
            starts=OPENS,
            ends=CLOSES,
            valid_from=date(2000, 1, 1),
            by=system,
            at=at,
        )
    return clinic
