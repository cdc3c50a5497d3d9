"""Which lots may have caused a side effect: all that the patient was injected with in the half year before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from formulations.models import Effect, Lot, PreparationComponent, PreparationState
from patients.models import Patient
from treatments.models import SessionState, TreatmentSession, ZoneApplication

LOOK_BACK = timedelta(days=180)
NODULE_LIKE = frozenset(["nodule", "granuloma", "abscess", "panniculitis", "atypical-mycobacterial-infection"])
NODULE_HOURS = (7 * 24, 12 * 7 * 24)


@dataclass(frozen=True)
class Proposal:
    """A lot in one session, so many hours before the side effect began."""

    lot: Lot
    session: TreatmentSession
    latency_hours: int
    in_window: bool


def sessions_before(patient: Patient, onset_at: datetime) -> list[TreatmentSession]:
    """List the patient's sessions of the half year before a side effect began, newest first."""
    rows = patient.treatment_sessions.exclude(state=SessionState.ABANDONED).select_related("plan", "location")
    began = [
        row for row in rows.latest_first() if (began_at(row) <= onset_at and began_at(row) >= onset_at - LOOK_BACK)
    ]
    return sorted(began, key=began_at, reverse=True)


def began_at(session: TreatmentSession) -> datetime:
    """Give the moment from which latency counts: the first injection, else when the session was opened."""
    return session.injection_started_at or session.started_at


def latency_hours(session: TreatmentSession, onset_at: datetime) -> int:
    """Count the whole hours from the first injection to the side effect."""
    return int((onset_at - began_at(session)).total_seconds() // 3600)


def window_of(effect: Effect) -> tuple[int, int]:
    """Give the hours after a session in which an effect usually begins; a lump is suspect from a week to twelve."""
    if effect.slug in NODULE_LIKE:
        return NODULE_HOURS
    return effect.onset_hours_min, effect.onset_hours_max


def proposals(patient: Patient, effect: Effect, onset_at: datetime) -> list[Proposal]:
    """Propose every lot of every session in the half year before, those whose time fits first, then the newest."""
    least, most = window_of(effect)
    found = []
    for session in sessions_before(patient, onset_at):
        hours = latency_hours(session, onset_at)
        found += [Proposal(lot, session, hours, least <= hours <= most) for lot in lots_of(session)]
    return sorted(found, key=lambda each: not each.in_window)


def lots_of(session: TreatmentSession) -> list[Any]:
    """List the lots that were drawn for a session, or whose needles and tubes it used, each once."""
    mixed = (
        PreparationComponent.objects.filter(preparation__session_preparation__session=session)
        .exclude(preparation__state=PreparationState.DISCARDED)
        .values("pack__lot")
    )
    used = ZoneApplication.objects.filter(session=session, consumable_lot__isnull=False).values("consumable_lot")
    known = session.clinic.lots.filter(pk__in=mixed) | session.clinic.lots.filter(pk__in=used)
    return list(known.select_related("product").order_by("pk"))
