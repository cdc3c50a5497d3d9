"""How visits look: their status as a pill, their place in a plan."""

from typing import Any

from django import template

from scheduling.models import AppointmentStatus
from scheduling.tables.days import TONES

register = template.Library()


@register.inclusion_tag("components/pill.html")
def status_pill(status: str) -> dict[str, Any]:
    """The status of a visit: icon, word and tone."""
    tone, icon = TONES[AppointmentStatus(status)]
    return {"tone": tone, "icon": icon, "label": AppointmentStatus(status).label}


@register.filter
def minutes(appointment: Any) -> int:
    """How long a visit takes."""
    return int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)
