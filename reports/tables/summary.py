"""One page about a patient: what somebody else who treats them must know."""

from dataclasses import dataclass
from typing import Any

from patients.access import consents_of
from patients.models import Patient
from reports.tables.timeline import lots_of
from treatments.tables.plans import Course, courses_of

MOST_SESSIONS, MOST_EFFECTS = 6, 8


@dataclass(frozen=True)
class Given:
    """One session on the summary, with its products and lots."""

    session: Any
    lots: list[str]


@dataclass(frozen=True)
class Summary:
    """What stands on the page."""

    alerts: list[Any]
    allergies: list[Any]
    conditions: list[Any]
    medicines: list[Any]
    weight: Any
    courses: list[Course]
    sessions: list[Given]
    side_effects: list[Any]
    contacts: list[Any]
    permissions: list[dict[str, Any]]


def summary_of(patient: Patient, user: Any) -> Summary:
    """Gather what the reader may know of one patient."""
    plans = patient.plans.visible_to(user).live().with_chart().latest_first()
    sessions = patient.treatment_sessions.visible_to(user).given().with_lines().latest_first()
    sessions = sessions.select_related("signed_by").prefetch_related(
        "session_preparations__preparation__components__pack__lot__product"
    )
    effects = patient.side_effects.visible_to(user).filter(entered_in_error=False)
    return Summary(
        alerts=list(patient.alerts.standing().order_by("pk")),
        allergies=list(patient.allergies.counting().order_by("name")),
        conditions=list(patient.conditions.counting().order_by("name")),
        medicines=list(patient.medicines.counting().order_by("name")),
        weight=patient.weights.counting().order_by("-measured_on", "-id").first(),
        courses=courses_of(plans),
        sessions=[Given(each, list(dict.fromkeys(lots_of(each)))) for each in sessions[:MOST_SESSIONS]],
        side_effects=list(effects.select_related("effect", "zone").red_first()[:MOST_EFFECTS]),
        contacts=list(patient.contacts.filter(removed_at=None).order_by("-is_emergency", "name")),
        permissions=consents_of(patient),
    )
