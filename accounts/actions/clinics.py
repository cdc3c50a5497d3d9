"""The clinic itself and its places, as they stand on papers and messages."""

from datetime import datetime
from typing import Any

from accounts.models import Clinic, Location, User
from audit.actions import audited, note_fields


@audited("clinic.changed")
def change(clinic: Clinic, *, by: User, at: datetime, **said: Any) -> Clinic:
    """Say what the clinic is called, how it is reached, and which clock, money and language it works in."""
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    _write(clinic, said)
    return clinic


@audited("location.added")
def add_location(clinic: Clinic, *, by: User, at: datetime, **said: Any) -> Location:
    """Open another place of work."""
    return Location.objects.create(clinic=clinic, **said)


@audited("location.changed")
def change_location(location: Location, *, by: User, at: datetime, **said: Any) -> Location:
    """Say where a place is, how it is reached and which clock hangs there."""
    location = Location.objects.select_for_update().get(pk=location.pk)
    _write(location, said)
    return location


def _write(row: Any, said: dict[str, Any]) -> None:
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    note_fields(changed)
    row.save(update_fields=changed)
