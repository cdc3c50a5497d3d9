"""Stock for tests: what the reference case uses, received the way the house receives it."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Clinic, User
from formulations.actions import lots, products
from formulations.models import Lot, Product
from tests.cast import NOON

_NUMBERS = count(1)
LATER = date(2026, 12, 31)

# slug: name, strength, volume of a pack
SHELF = {
    "vitamin-c": ("Vitamin C 100 mg/mL", "100", "5"),
    "glutathione": ("Glutathione 150 mg/mL", "150", "4"),
    "sodium-chloride": ("Sodium chloride 0.9 %", "9", "10"),
    "lidocaine": ("Lidocaine 1 %", "10", "10"),
    "pentoxifylline": ("Pentoxifylline 20 mg/mL", "20", "5"),
    "organic-silicon": ("Organic silicon 10 mg/mL", "10", "5"),
    "procaine": ("Procaine 2 %", "20", "2"),
    "deoxycholic-acid": ("Deoxycholic acid 10 mg/mL", "10", "2"),
}


def product(clinic: Clinic, slug: str = "vitamin-c", *, by: User | None = None, **values: Any) -> Product:
    """A product of one substance, as the shelf has it."""
    name, strength, volume = SHELF.get(slug, (slug, "10", "5"))
    named = {
        "name": name,
        "ingredients": [{"ingredient": slug, "concentration": Decimal(strength), "unit": "mg/mL"}],
        "form": "ampoule",
        "volume_ml": Decimal(volume),
    }
    return products.add(clinic, **{**named, **values}, by=by or User.objects.system(), at=NOON)


def lot(
    clinic: Clinic,
    slug: str = "vitamin-c",
    *,
    quantity: str = "50",
    of: Product | None = None,
    by: User | None = None,
    product_values: dict[str, Any] | None = None,
    **values: Any,
) -> Lot:
    """A lot in stock at the clinic's first place."""
    named = {
        "number": f"L-{next(_NUMBERS):04}",
        "expires_on": LATER,
        "location": clinic.locations.first(),
        "quantity": Decimal(quantity),
    }
    return lots.receive(
        of or product(clinic, slug, by=by, **(product_values or {})),
        **{**named, **values},
        by=by or User.objects.system(),
        at=NOON,
    )


def melasma_lots(clinic: Clinic) -> dict[str, Lot]:
    """The three lots of the melasma case."""
    return {
        "vitamin-c": lot(clinic, "vitamin-c", number="VC-2411-07"),
        "glutathione": lot(clinic, "glutathione", number="GS-2502-03", quantity="40"),
        "sodium-chloride": lot(clinic, "sodium-chloride", number="NS-2410-61", quantity="100"),
    }


def melasma_mix(stock: dict[str, Lot]) -> list[dict[str, Any]]:
    """2 mL vitamin C, 1 mL glutathione, 1 mL saline."""
    return [
        {"lot": stock["vitamin-c"], "volume_ml": Decimal("2")},
        {"lot": stock["glutathione"], "volume_ml": Decimal("1")},
        {"lot": stock["sodium-chloride"], "volume_ml": Decimal("1")},
    ]
