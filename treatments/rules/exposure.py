"""Who was exposed to a lot: from the lot's packs through the mixes to the zones of the sessions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from common.dates import local_day
from common.decimals import half_up
from formulations.models import Lot, PreparationComponent, PreparationState
from patients.models import Patient
from treatments.models import TreatmentSession, Zone, ZoneApplication


@dataclass(frozen=True)
class Exposed:
    """So many mL of a lot in one zone of one patient on one day; a mix without zones yet has neither."""

    patient: Patient
    session: TreatmentSession
    preparation_id: int
    zone: Zone | None
    side: str
    ml: Fraction | None
    on: date

    @property
    def millilitres(self) -> Decimal | None:
        """The volume as it is shown: four decimals, rounded half up from the exact share."""
        return None if self.ml is None else half_up(self.ml, 4)


def counts(rows: list[Exposed]) -> tuple[int, int]:
    """How many patients, and in how many sessions."""
    return len({row.patient.pk for row in rows}), len({row.session.pk for row in rows})


def of_lot(lot: Lot) -> list[Exposed]:
    """Every use of a lot, oldest first."""
    rows = (
        PreparationComponent.objects.filter(pack__lot=lot)
        .exclude(preparation__state=PreparationState.DISCARDED)
        .exclude(preparation__session_preparation=None)
        .select_related(
            "preparation__patient",
            "preparation__session_preparation__session__location",
            "preparation__session_preparation__session__plan",
            "preparation__session_preparation__session__planned_session",
        )
        .prefetch_related("preparation__zone_applications__zone")
        .order_by("preparation__prepared_at", "pk")
    )
    merged: dict[tuple[int, int | None], Exposed] = {}
    for component in rows:
        for key, exposed in _uses(component):
            before = merged.get(key)
            ml = exposed.ml if before is None or before.ml is None else before.ml + (exposed.ml or 0)
            merged[key] = Exposed(**{**vars(exposed), "ml": ml})
    return list(merged.values())


def _uses(component: PreparationComponent) -> Iterator[tuple[tuple[int, int | None], Exposed]]:
    mix = component.preparation
    session = mix.session_preparation.session
    zones = list(mix.zone_applications.all())
    if not zones:
        yield (mix.pk, None), _exposed(component, session, None)
    for zone in zones:
        yield (mix.pk, zone.pk), _exposed(component, session, zone)


def _exposed(component: PreparationComponent, session: TreatmentSession, zone: ZoneApplication | None) -> Exposed:
    mix = component.preparation
    return Exposed(
        patient=mix.patient,
        session=session,
        preparation_id=mix.pk,
        zone=zone.zone if zone else None,
        side=zone.side if zone else "",
        ml=Fraction(component.volume_ml) / Fraction(mix.total_ml) * Fraction(zone.volume_ml) if zone else None,
        on=local_day(session.injection_started_at or mix.prepared_at, session.location.time_zone),
    )
