"""Whom to call when it cannot wait."""

from typing import Any

EMERGENCY = {"US": "911", "CA": "911", "MX": "911", "AU": "000", "NZ": "111", "BR": "192"}


def emergency_number(clinic: Any) -> str:
    """Give the number of the emergency services where the clinic is; in Europe and most other places it is 112."""
    return EMERGENCY.get(str(clinic.jurisdiction).upper()[:2], "112")


def clinic_number(clinic: Any) -> str:
    """Give the number of the clinic to call when something is wrong: its emergency line, else its phone."""
    if clinic.emergency_phone or clinic.phone:
        return str(clinic.emergency_phone or clinic.phone)
    place = clinic.locations.filter(is_active=True).exclude(phone="").order_by("pk").first()
    return str(place.phone) if place else ""
