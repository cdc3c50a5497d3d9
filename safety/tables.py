"""Side effects put into lines for the screen."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import zone_of
from treatments.models import SessionState


def session_choices(patient: Any) -> list[Any]:
    """List the patient's sessions, newest first, with a label on each."""
    rows = patient.treatment_sessions.exclude(state=SessionState.ABANDONED).latest_first()
    sessions = list(rows.select_related("plan__protocol", "planned_session", "location", "practitioner__membership"))
    for session in sessions:
        moment = session.injection_started_at or session.started_at
        session.label = _("%(day)s: session %(n)s, %(plan)s") % {
            "day": date_format(moment.astimezone(zone_of(session.location.time_zone)), "j M Y"),
            "n": session.planned_session.ordinal,
            "plan": session.plan.protocol.name,
        }
    return sessions
