"""Whom to call when it cannot wait."""

from typing import Any

EMERGENCY = {"US": "911", "CA": "911", "MX": "911", "AU": "000", "NZ": "111", "BR": "192"}


def emergency_number(clinic: Any) -> str:
    """Give the number of the emergency services where the clinic is; in Europe and most other places it is 112."""
    return EMERGENCY.get(str(clinic.jurisdiction).upper()[:2], "112")
