"""Sessions with lots in them, and side effects suspected of them, as bare rows."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Clinic, Practitioner, User
from formulations.models import Effect, Lot, Preparation, PreparationComponent
from patients.models import Patient
from safety.models import SideEffectCase, Suspect
from tests.cast import NOON
from tests.factories import rows
from treatments.models import SessionPreparation, TreatmentSession, ZoneApplication

Components = Iterable[tuple[Lot, str]]


def mixed(patient: Patient, doctor: Practitioner, components: Components) -> Preparation:
    """A mix of several lots, each from a pack opened for this patient."""
    components = [(lot, Decimal(ml)) for lot, ml in components]
    clinic = patient.clinic
    with transaction.atomic():
        mix = Preparation.objects.create(
            clinic=clinic,
            patient=patient,
            practitioner=doctor,
            location=clinic.locations.get(),
            total_ml=sum((ml for _lot, ml in components), Decimal(0)),
            prepared_at=NOON,
            prepared_by=rows.system(),
            beyond_use_at=NOON + timedelta(hours=4),
        )
        for ordinal, (lot, ml) in enumerate(components, start=1):
            pack = rows.pack(lot, patient)
            drawn = rows.movement(lot, "draw", f"-{ml}", pack=pack)
            PreparationComponent.objects.create(
                clinic=clinic, preparation=mix, ordinal=ordinal, pack=pack, movement=drawn, volume_ml=ml
            )
    return mix


@pytest.fixture
def treat(clinic: Clinic) -> Callable[..., TreatmentSession]:
    """treat(patient, doctor, [(lot, mL in the mix)], zones=[mL], at=): a session as it went into the skin."""
    zone = rows.zone(clinic)

    def treat(
        patient: Patient,
        doctor: Practitioner,
        components: Components,
        zones: Iterable[str] = ("1",),
        at: datetime = NOON,
    ) -> TreatmentSession:
        plan = rows.plan(patient, doctor)
        session = TreatmentSession.objects.create(
            clinic=clinic,
            plan=plan,
            planned_session=plan.planned_sessions.get(),
            patient=patient,
            practitioner=doctor,
            location=plan.location,
            started_at=at,
            started_by=rows.system(),
            injection_started_at=at,
        )
        mix = mixed(patient, doctor, components)
        SessionPreparation.objects.create(clinic=clinic, session=session, preparation=mix)
        for ordinal, ml in enumerate(zones, start=1):
            ZoneApplication.objects.create(
                clinic=clinic,
                session=session,
                ordinal=ordinal,
                zone=zone,
                side="midline",
                technique="nappage",
                depth_mm=Decimal("1.5"),
                volume_ml=Decimal(ml),
                preparation=mix,
                recorded_at=at,
                recorded_by=rows.system(),
            )
        return session

    return treat


@pytest.fixture
def suspect(clinic: Clinic) -> Callable[..., SideEffectCase]:
    """suspect(session, lot, …): a side effect of that patient, with these lots of that session among the suspects."""
    effect = Effect.objects.create(
        clinic=clinic,
        slug="nodule",
        name="Nodule",
        seriousness_default="non-serious",
        onset_hours_min=24,
        onset_hours_max=2000,
        expected=False,
        red_flag=False,
        scope="procedure",
        advice_to_patient="Call us.",
        review="approved",
        loaded_at=NOON,
    )

    def suspect(session: TreatmentSession, *lots: Lot, **values: Any) -> SideEffectCase:
        case = SideEffectCase.objects.create(
            clinic=clinic,
            patient=session.patient,
            session=session,
            plan=session.plan,
            effect=effect,
            onset_at=NOON,
            grade=1,
            expected=False,
            expected_basis="not on the list",
            reported_at=NOON,
            reported_by=User.objects.system(),
            **values,
        )
        for lot in lots:
            Suspect.objects.create(
                clinic=clinic,
                case=case,
                lot=lot,
                session=session,
                latency_hours=1,
                in_window=True,
                pre_ticked=True,
                ticked=True,
            )
        return case

    return suspect
