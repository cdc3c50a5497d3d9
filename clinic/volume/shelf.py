"""What the sessions of the volume clinic are given from: thirty products, each with lots at every place."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from clinic.volume.house import House
from formulations.actions import catalogue, products
from formulations.models import SubstanceStatus
from treatments.actions import protocols

PRODUCTS, LOTS = 30, 500
PACK_ML = Decimal(5)


@dataclass(frozen=True)
class Substance:
    """One product of one substance, in mL packs."""

    product: int
    ingredient: int
    concentration: Decimal
    unit: str

    @property
    def dose_unit(self) -> str:
        return self.unit.partition("/")[0]


@dataclass(frozen=True)
class Shelf:
    """The products, the plans' protocols, the zones and the side effects that rows point to."""

    substances: list[Substance]
    protocols: list[int]
    zones: list[int]
    effects: list[int]


def stocked(house: House, at: datetime) -> Shelf:
    """Load the reference into the clinic and keep a product of each of thirty substances."""
    clinic, system = house.clinic, house.clinic.memberships.first().user
    if not clinic.ingredients.exists():
        catalogue.load(clinic, by=system, at=at)
        protocols.load(clinic, by=system, at=at)
    wanted = clinic.ingredients.current().filter(
        status=SubstanceStatus.ACTIVE, typical_concentration__gt=0, unit__in=["mg/mL", "U/mL", "IU/mL"]
    )
    return Shelf(
        substances=[_kept(clinic, each, by=system, at=at) for each in wanted.order_by("slug")[:PRODUCTS]],
        protocols=list(clinic.protocols.current().order_by("slug").values_list("pk", flat=True)),
        zones=list(clinic.zones.current().order_by("slug").values_list("pk", flat=True)),
        effects=list(clinic.effects.current().filter(red_flag=False).order_by("slug").values_list("pk", flat=True)),
    )


def _kept(clinic: Any, ingredient: Any, *, by: Any, at: datetime) -> Substance:
    strength = {"ingredient": ingredient.slug, "concentration": ingredient.typical_concentration}
    product = clinic.products.filter(name=ingredient.name).first() or products.add(
        clinic,
        name=ingredient.name,
        ingredients=[{**strength, "unit": ingredient.unit}],
        form="vial",
        volume_ml=PACK_ML,
        by=by,
        at=at,
    )
    return Substance(product.pk, ingredient.pk, ingredient.typical_concentration, ingredient.unit)
