"""What a patient tells of: kept word for word, put into a case, and before whoever treats at once."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import override as language_of

from accounts.models import User
from audit.actions import audited
from patients.models import Patient
from safety.actions import side_effects
from safety.models import Reporter, SideEffectCase
from safety.rules import tellings as rules
from safety.rules.symptoms import GRADES, PARTS, SYMPTOMS
from treatments.models import Zone


@audited("side_effect.told")
def tell(
    patient: Patient,
    *,
    symptom: str,
    severity: str,
    began_on: date,
    part: str,
    zone: Zone | None = None,
    side: str = "",
    words: str = "",
    language: str = "",
    after_session: int | None = None,
    by: User,
    at: datetime,
) -> SideEffectCase:
    """Open a case from what a patient tells; what they said stays beside it as they said it.

    No session is named: a lump counts from any of them, so that a late one is never taken for an early one.
    """
    patient = Patient.objects.select_for_update().select_related("clinic").get(pk=patient.pk)
    rules.tell.check(by, patient, symptom=symptom, severity=severity, part=part, began_on=began_on, at=at)
    told = _told(symptom, severity, began_on, part, zone, side, words, language, after_session)
    with language_of(patient.clinic.language):
        return side_effects.report(
            patient,
            effect=SYMPTOMS[symptom].effect,
            onset_at=rules.onset_of(patient, began_on=began_on, part=part, at=at),
            grade=GRADES[severity][1],
            zone=zone,
            side=side if zone and side in zone.sides else "",
            narrative=words,
            reporter=Reporter.PATIENT,
            told=told,
            by=by,
            at=at,
        )


def _told(
    symptom: str,
    severity: str,
    began_on: date,
    part: str,
    zone: Zone | None,
    side: str,
    words: str,
    language: str,
    after_session: int | None,
) -> dict[str, Any]:
    """Write down the answers in the words that were on the screen."""
    with language_of(language or "en"):
        return {
            "symptom": symptom,
            "symptom_words": str(SYMPTOMS[symptom].words),
            "severity": severity,
            "severity_words": str(GRADES[severity][0]),
            "began_on": began_on.isoformat(),
            "part": part,
            "part_words": str(PARTS[part][0]),
            "zone": zone.slug if zone else "",
            "side": side,
            "words": words,
            "language": language,
            "after_session": after_session,
        }
