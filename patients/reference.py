"""The words patients use, read from the files beside this module into typed rows."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class MedicineRow:
    """A medicine by its name and the classes rules ask about; none means known and asked about by nobody."""

    name: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class MedicineClassRow:
    """A class of medicines; `bleeding` marks those that make any injection bleed more."""

    slug: str
    name: str
    bleeding: bool


@dataclass(frozen=True)
class AllergySaidRow:
    """What is said about an allergy and the allergens it may mean; the note says why there are none, or to ask."""

    said: str
    allergens: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class AllergenRow:
    """An allergen of products or consumables, or a substance itself; `implies` are allergens that come with it."""

    slug: str
    name: str
    kind: str
    also_said: tuple[str, ...]
    implies: tuple[str, ...]


@dataclass(frozen=True)
class ConditionRow:
    """A condition some rule asks about, with other words for it."""

    slug: str
    name: str
    also_said: tuple[str, ...]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {column: cell.strip() for column, cell in row.items()}


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(token.strip() for token in cell.split(";") if token.strip())


@cache
def medicines() -> tuple[MedicineRow, ...]:
    """All medicines that are known by name."""
    return tuple(
        MedicineRow(row["name"], tuple(name for name in _listed(row["classes"]) if name != "none"))
        for row in _rows("medicine_synonyms.csv")
    )


@cache
def medicine_classes() -> tuple[MedicineClassRow, ...]:
    """All classes of medicines that some rule asks about."""
    return tuple(
        MedicineClassRow(row["slug"], row["name"], row["bleeding"] == "yes") for row in _rows("medicine_classes.csv")
    )


@cache
def allergies_said() -> tuple[AllergySaidRow, ...]:
    """What people say about allergies."""
    return tuple(
        AllergySaidRow(row["said"], _listed(row["allergens"]), row["note"]) for row in _rows("allergy_synonyms.csv")
    )


@cache
def allergens() -> tuple[AllergenRow, ...]:
    """All allergens the checks understand."""
    return tuple(
        AllergenRow(row["slug"], row["name"], row["kind"], _listed(row["also_said"]), _listed(row["implies"]))
        for row in _rows("allergens.csv")
    )


@cache
def conditions() -> tuple[ConditionRow, ...]:
    """All conditions the checks understand."""
    return tuple(ConditionRow(row["slug"], row["name"], _listed(row["also_said"])) for row in _rows("conditions.csv"))
