"""What is in the syringe, as plain frozen values: substances, products, components, the mix."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from formulations.mixing import Cap, Number

Range = tuple[Number, Number]
_STRENGTH = re.compile(r"\s*(\([^)]*\)|[\d.,]+\s*(mg/mL|U/mL|IU/mL|%))\s*\Z")


def short_name(name: str) -> str:
    """A substance's name without strength and brackets, for use in a sentence."""
    shorter = _STRENGTH.sub("", name)
    return name if not shorter else shorter if shorter == name else short_name(shorter)


def joined(words: Iterable[str]) -> str:
    """Names in a row, each once."""
    return ", ".join(dict.fromkeys(words))


def _range(low: Decimal | None, high: Decimal | None) -> Range | None:
    return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class Substance:
    """A substance of the catalogue, as the clinic has it."""

    slug: str
    name: str
    substance_class: str = "other"
    status: str = "active"
    is_diluent: bool = False
    cap: Cap | None = None
    allergens: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    ph: Range | None = None
    usual_depth_mm: Range | None = None
    common_name: str = ""
    source: str = ""

    @classmethod
    def of(cls, row: Any) -> "Substance":
        """From a row of the catalogue: the reference's or the clinic's own, which have the same fields."""
        has_cap = row.max_dose_per_session is not None or row.max_dose_per_kg is not None
        return cls(
            slug=row.slug,
            name=row.name,
            substance_class=row.substance_class,
            status=row.status,
            is_diluent=row.is_diluent,
            cap=Cap(row.cap_kind, row.max_dose_unit or "mg", row.max_dose_per_session, row.max_dose_per_kg)
            if has_cap
            else None,
            allergens=frozenset(row.allergens),
            conditions=frozenset(row.contraindicated_conditions),
            drugs=frozenset(row.interacting_drugs),
            ph=_range(row.ph_min, row.ph_max),
            usual_depth_mm=_range(row.usual_depth_min_mm, row.usual_depth_max_mm),
            common_name=row.common_name,
            source=row.source,
        )

    @property
    def short(self) -> str:
        return short_name(self.name)


@dataclass(frozen=True)
class Content:
    """A substance inside a product with its strength per mL; None where the label does not say."""

    substance: Substance
    concentration: Number | None = None
    unit: str = "mg"


@dataclass(frozen=True)
class Product:
    """What is drawn from one kind of pack. Its own allergens, where stated, replace the usual ones."""

    key: str
    name: str
    contents: tuple[Content, ...]
    allergens: frozenset[str] = frozenset()
    ph: Range | None = None
    product_type: str = "medicine"
    drug_classes: frozenset[str] = frozenset()

    @classmethod
    def bare(cls, substance: Substance, concentration: Number | None = None, unit: str = "mg") -> "Product":
        """A substance by itself, where no product is named."""
        return cls(substance.slug, substance.short, (Content(substance, concentration, unit),))

    @property
    def substances(self) -> tuple[Substance, ...]:
        return tuple(content.substance for content in self.contents)

    @property
    def slugs(self) -> frozenset[str]:
        return frozenset(substance.slug for substance in self.substances)

    @property
    def is_diluent(self) -> bool:
        return bool(self.contents) and all(substance.is_diluent for substance in self.substances)

    @property
    def all_allergens(self) -> frozenset[str]:
        """Stated allergens, else the usual ones; a substance is always an allergen to itself."""
        usual = frozenset(token for substance in self.substances for token in substance.allergens)
        return (self.allergens or usual) | self.slugs

    @property
    def known_ph(self) -> Range | None:
        """The pH on the label, else that of the only substance; mixtures inside one pack are the maker's affair."""
        return self.ph or (self.contents[0].substance.ph if len(self.contents) == 1 else None)


@dataclass(frozen=True)
class Lot:
    """A lot as stock knows it; `left_ml` None where its balance is not counted here."""

    number: str
    expires_on: date | None = None
    state: str = "active"
    left_ml: Number | None = None


@dataclass(frozen=True)
class Pack:
    """An opened pack: whether it was opened for somebody else, until when it may be used, and what is left in it."""

    opened_for_another: bool = False
    discard_at: datetime | None = None
    left_ml: Number | None = None


@dataclass(frozen=True)
class Component:
    """So many mL of a product in the mix, with the lot and packs it comes from once they are chosen."""

    product: Product
    volume_ml: Number
    lot: Lot | None = None
    packs: tuple[Pack, ...] = ()


@dataclass(frozen=True)
class Mix:
    """The components with what is injected of them (None = all)."""

    components: tuple[Component, ...]
    injected_ml: Number | None = None

    @property
    def products(self) -> tuple[Product, ...]:
        """The different products, in the order they were entered."""
        return tuple({component.product.key: component.product for component in self.components}.values())

    @property
    def substances(self) -> tuple[Substance, ...]:
        """The different substances, in the order they were entered."""
        found = {substance.slug: substance for product in self.products for substance in product.substances}
        return tuple(found.values())
