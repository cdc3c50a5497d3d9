"""The card for the eight days after a session: what to heed today, what is normal today."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import local_day
from patients.models import Patient

LAST_DAY = 7
Line = tuple[int, int, str | Promise]
# From which day to which a line is said; day 0 is the day of the session. The limits in hours end within the last day.
DO: tuple[Line, ...] = (
    (0, 0, _("Leave the drops on. Do not touch or wash the place for 6 hours.")),
    (0, 1, _("No make-up on the place, and no alcohol, for 24 hours.")),
    (0, 2, _("No aspirin or ibuprofen for 48 hours, unless a doctor prescribed it; paracetamol is fine if it hurts.")),
    (0, 3, _("No sport, sauna, hot bath, pool, sea or lake, and no massage, for 72 hours.")),
    (0, 3, _("Cool for 10 minutes through a cloth, pause for 10 minutes, as often as you like.")),
    (0, 7, _("No sun and no sunbed; sun cream SPF 50+.")),
    (0, 7, _("Do not squeeze bumps.")),
)
NORMAL: tuple[Line, ...] = (
    (0, 0, _("Small bumps, for some hours")),
    (0, 2, _("Redness, for one or two days")),
    (0, 7, _("Tenderness, for three to seven days")),
    (0, 7, _("Bruises, for one to two weeks")),
)
DO_FOR: dict[str, tuple[Line, ...]] = {
    "face": ((0, 2, _("Sleep with your head raised.")),),
    "pigment": ((0, 7, _("Hat and tinted sun cream, again every two hours in the open; keep it up for 14 days.")),),
    "scalp": (
        (0, 1, _("Do not wash your hair for 24 hours, and wear no helmet.")),
        (0, 7, _("No dye or bleach for 7 days.")),
    ),
    "eyes": (
        (0, 2, _("No eye make-up for 48 hours.")),
        (0, 3, _("Swelling may last 72 hours. Any trouble with your sight is an emergency.")),
    ),
    "body": ((0, 7, _("Walk every day and drink enough. Wear compression if we advised it.")),),
    "lipolysis": (
        (0, 7, _("Swelling is strongest on days 1 to 3. Call now if your smile is uneven or swallowing is hard.")),
    ),
    "pain": ((0, 1, _("Rest the place for 24 hours, then go on with physiotherapy.")),),
    "hands": ((0, 1, _("Wear gloves for cleaning for 24 hours.")),),
}


@dataclass(frozen=True)
class Aftercare:
    """What a patient heeds today after the session before; `paper` is the sheet with products and lots."""

    day: int
    do: list[Any]
    normal: list[Any]
    paper: Any


def aftercare_of(patient: Patient, at: datetime) -> Aftercare | None:
    """Give the card of the last session, on its day and for a week after it."""
    given = patient.treatment_sessions.given().filter(injection_ended_at__lte=at).select_related("location")
    session = given.order_by("-injection_ended_at", "-pk").first()
    if session is None:
        return None
    zone = session.location.time_zone
    day = (local_day(at, zone) - local_day(session.injection_ended_at, zone)).days
    if not 0 <= day <= LAST_DAY:
        return None
    papers = patient.documents.in_portal().filter(session_document__session=session, kind="aftercare")
    paper = papers.order_by("-pk").first()
    areas = paper.payload.get("advice_for", []) if paper else []
    lines = [*DO, *(line for area in areas for line in DO_FOR.get(area, ()))]
    return Aftercare(day, _said(lines, day), _said(NORMAL, day), paper)


def _said(lines: Any, day: int) -> list[Any]:
    return [words for first, last, words in lines if first <= day <= last]
