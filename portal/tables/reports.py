"""What a patient told of, and how far the clinic has come with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safety.models import CaseState, SideEffectCase
from safety.rules.symptoms import SYMPTOMS

JUST_NOW = timedelta(hours=1)
STANDING: dict[str, str | Promise] = {
    CaseState.NEW: _("We have it; a clinician reads it next."),
    CaseState.REVIEWING: _("A clinician looks at it."),
    CaseState.WAITING: _("We wait for something, for example a result."),
    CaseState.TREATED: _("It is being treated."),
    CaseState.CLOSED: _("Settled."),
}


@dataclass(frozen=True)
class Told:
    """One report as its author sees it: their own words, and where it stands. No grade and no diagnosis."""

    case: SideEffectCase

    @property
    def words(self) -> Any:
        symptom = SYMPTOMS.get(self.case.told.get("symptom", ""))
        return symptom.words if symptom else self.case.told.get("symptom_words", "")

    @property
    def own_words(self) -> str:
        return str(self.case.told.get("words", ""))

    @property
    def standing(self) -> Any:
        return STANDING[self.case.state]

    @property
    def is_emergency(self) -> bool:
        symptom = SYMPTOMS.get(self.case.told.get("symptom", ""))
        return bool(symptom and symptom.is_emergency)

    @property
    def is_red(self) -> bool:
        return self.case.is_red


def reports_of(patient: Any) -> list[Told]:
    """List what a patient told of, red ones first."""
    return [Told(case) for case in patient.side_effects.told_by_patients().red_first()]


def newest_of(patient: Any, at: datetime) -> Told | None:
    """Give the newest report of the last hour, to say what to do now."""
    rows = patient.side_effects.told_by_patients().filter(reported_at__gt=at - JUST_NOW)
    case = rows.order_by("-reported_at", "-pk").first()
    return Told(case) if case else None
