"""What a session really delivered: exact shares of what was mixed, rounded once at the end."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from common.decimals import half_up
from treatments.models import TreatmentSession

PLACES = 4


@dataclass(frozen=True)
class Delivered:
    """So much of one substance in all zones of a session; no amount where a strength is not known."""

    ingredient: Any
    amount: Decimal
    unit: str


def injected(session: TreatmentSession) -> dict[int, Decimal]:
    """Add up what was injected of each mix over all zones."""
    found: dict[int, Decimal] = {}
    for row in session.zone_applications.all():
        if row.preparation_id:
            found[row.preparation_id] = found.get(row.preparation_id, Decimal(0)) + row.volume_ml
    return found


def delivered(session: TreatmentSession) -> list[Delivered]:
    """List what the patient received of every substance, in the order in which it was mixed."""
    volumes = injected(session)
    totals: dict[tuple[Any, str], Fraction] = {}
    for joined in session.session_preparations.all():
        mix = joined.preparation
        share = Fraction(volumes.get(mix.pk, Decimal(0))) / Fraction(mix.total_ml)
        for component in mix.components.all():
            for substance in component.substances.all():
                if substance.amount is not None:
                    key = (substance.ingredient, substance.unit)
                    totals[key] = totals.get(key, Fraction(0)) + Fraction(substance.amount) * share
    return [Delivered(ingredient, half_up(total, PLACES), unit) for (ingredient, unit), total in totals.items()]


def points(session: TreatmentSession) -> int:
    """Count the points over all zones."""
    return sum(row.points or 0 for row in session.zone_applications.all())
