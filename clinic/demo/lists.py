"""The daily lists of the demonstration: a kit, a fridge and a device, looked at in the last days."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Clinic
from scheduling.actions import daily_lists

KIT = ("Adrenaline", "Oxygen", "Lipid emulsion", "Hyaluronidase", "Glucose")
DEGREES = ("4.5", "5", "4", "5.5", "4.5", "6")


def fill(clinic: Clinic, staff: dict[str, Any], *, now: datetime) -> None:
    """Six mornings: all in order, one reading that was mistyped and corrected; today nobody has looked yet."""
    place, owner, nurse = clinic.locations.get(), staff["owner"].user, staff["nurse"].user
    opened = now - timedelta(days=8)
    common = {"location": place, "by": owner, "at": opened}
    kit = daily_lists.add(clinic, kind="emergency_kit", name="Emergency kit", things=list(KIT), **common)
    fridge = daily_lists.add(
        clinic, kind="fridge", name="Fridge, room 2", coldest_c=Decimal(2), warmest_c=Decimal(8), **common
    )
    gun = daily_lists.add(clinic, kind="disinfection", name="Mesogun A", **common)
    last_day = (now + timedelta(days=300)).date().isoformat()
    there = [{"thing": thing, "there": True, "expires_on": last_day if thing != "Oxygen" else None} for thing in KIT]
    for back, degrees in enumerate(DEGREES, start=1):
        at = now - timedelta(days=back)
        daily_lists.record(kit, findings=there, by=nurse, at=at)
        read = daily_lists.record(fridge, temperature_c=Decimal("45" if back == 3 else degrees), by=nurse, at=at)
        if back == 3:
            daily_lists.correct(read, temperature_c=Decimal("4.5"), note="The point was forgotten.", by=nurse, at=at)
        daily_lists.record(gun, disinfectant="alcohol", by=nurse, at=at)
