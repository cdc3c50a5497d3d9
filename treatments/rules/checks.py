"""The check of a mix that nobody has drawn yet: for a patient, whatever the plan, or for nobody."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from accounts.models import Clinic
from common.dates import local_day
from formulations.checks import Check
from formulations.checks.contexts import Context
from formulations.models import FormulationVersion
from formulations.rules.mix import Asked, findings
from patients.models import Patient
from treatments.rules import mix


def for_patient(
    clinic: Clinic,
    *,
    components: Iterable[Asked],
    patient: Patient | None = None,
    version: FormulationVersion | None = None,
    injected_ml: Decimal | None = None,
    prescriber: str = "",
    at: datetime,
) -> Check:
    """Check a mix as the chart stands today: every domain's rules are heeded, or, for nobody, only the mix's own."""
    today = local_day(at, clinic.time_zone)
    policies, washouts = mix.rules_of(clinic) if patient else ((), ())
    return findings(
        clinic,
        components=components,
        patient=patient,
        patient_facts=mix.patient_facts(patient, on=today) if patient else None,
        context=Context(today=today, prescriber=prescriber, policies=policies, washouts=washouts),
        version=version,
        injected_ml=injected_ml,
        at=at,
    )
