"""The clocks of a treatment room, in words that name nobody: they go on while the screen is locked."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.dates import zone_of
from treatments.models import TreatmentSession

UP, DOWN = "up", "down"


def timers_of(session: TreatmentSession, at: datetime) -> list[dict[str, Any]]:
    """List the clocks that run: the cream, the end of use of each mix, the injection, the observation."""
    if session.is_closed or session.ended_at:
        return []
    place = zone_of(session.location.time_zone)
    cream = (session.anaesthetic or {}).get("applied_at")
    clocks = []
    if cream and session.injection_started_at is None:
        clocks.append(_clock(_("Numbing cream on since"), "droplets", UP, datetime.fromisoformat(cream), place))
    if session.injection_ended_at is None:
        for joined in session.session_preparations.all():
            mix = joined.preparation
            if mix.state in ("drawn", "checked"):
                clocks.append(_clock(_("Use before"), "timer", DOWN, mix.beyond_use_at, place))
    if session.injection_started_at and session.injection_ended_at is None:
        clocks.append(_clock(_("Injecting since"), "syringe", UP, session.injection_started_at, place))
    if session.injection_ended_at:
        clocks.append(_clock(_("Observed since"), "eye", UP, session.injection_ended_at, place))
    return clocks


def _clock(label: str, icon: str, mode: str, moment: datetime, place: Any) -> dict[str, Any]:
    local = timezone.localtime(moment, place)
    said = _("its time is over") if mode == DOWN else ""
    return {"label": f"{label} {local:%H:%M}", "icon": icon, "mode": mode, "at": moment.isoformat(), "say": said}
