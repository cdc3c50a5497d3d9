"""The catalogue that a clinic starts with, read from the files beside this module into typed rows."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class IngredientRow:
    """A substance as the reference proposes it; None is unknown, never zero."""

    slug: str
    name: str
    common_name: str
    substance_class: str
    status: str
    is_diluent: bool
    is_ready_made: bool
    typical_concentration: Decimal | None
    unit: str
    max_dose_per_session: Decimal | None
    max_dose_unit: str
    max_dose_per_kg: Decimal | None
    cap_kind: str
    usual_depth_min_mm: Decimal | None
    usual_depth_max_mm: Decimal | None
    allergens: tuple[str, ...]
    contraindicated_conditions: tuple[str, ...]
    interacting_drugs: tuple[str, ...]
    purpose: str
    indications: tuple[str, ...]
    evidence_grade: str
    expected_side_effects: tuple[str, ...]
    ph_min: Decimal | None
    ph_max: Decimal | None
    notes: str
    source: str


@dataclass(frozen=True)
class PairRow:
    """A rule between two things that meet; `slug` names it, the order of a and b does not matter."""

    a: str
    b: str
    severity: str
    reason: str
    source: str

    @property
    def slug(self) -> str:
        return f"{self.a}--{self.b}"


@dataclass(frozen=True)
class IndicationRow:
    """A reason to treat, with the other words people use for it."""

    slug: str
    name: str
    domain: str
    also_said: tuple[str, ...]


@dataclass(frozen=True)
class EffectRow:
    """A side effect: when it usually comes, how long it stays, what to tell the patient and the staff."""

    slug: str
    name: str
    seriousness_default: str
    onset_hours_min: int
    onset_hours_max: int
    duration_days: int | None
    expected: bool
    red_flag: bool
    scope: str
    advice_to_patient: str
    advice_to_staff: str
    source: str


@dataclass(frozen=True)
class JurisdictionRow:
    """One decision that the law of a place makes for a clinic."""

    jurisdiction: str
    key: str
    value: Any
    source: str


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a data file, every cell stripped."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {column: cell.strip() for column, cell in row.items()}


def listed(cell: str) -> tuple[str, ...]:
    """A cell that holds a list."""
    return tuple(token.strip() for token in cell.split(";") if token.strip())


def figure(cell: str) -> Decimal | None:
    """A number, or None where the reference knows none."""
    return Decimal(cell) if cell else None


def span(cell: str) -> tuple[Decimal | None, Decimal | None]:
    """A range written like 1-4."""
    low, _dash, high = cell.partition("-")
    return figure(low), figure(high or low)


@cache
def ingredients() -> tuple[IngredientRow, ...]:
    """All substances, in the order of the file."""
    return tuple(_ingredient(row) for row in rows(DATA / "ingredients.csv"))


def _ingredient(row: dict[str, str]) -> IngredientRow:
    shallow, deep = span(row["usual_depth_mm"])
    return IngredientRow(
        slug=row["slug"],
        name=row["name"],
        common_name=row["inn_or_common"],
        substance_class=row["class"],
        status=row["status"],
        is_diluent=row["is_diluent"] == "yes",
        is_ready_made=row["is_ready_made"] == "yes",
        typical_concentration=figure(row["typical_concentration"]),
        unit=row["unit"],
        max_dose_per_session=figure(row["max_dose_per_session"]),
        max_dose_unit=row["max_dose_unit"],
        max_dose_per_kg=figure(row["max_dose_per_kg"]),
        cap_kind=row["cap_kind"],
        usual_depth_min_mm=shallow,
        usual_depth_max_mm=deep,
        allergens=listed(row["allergens"]),
        contraindicated_conditions=listed(row["contraindicated_conditions"]),
        interacting_drugs=listed(row["interacting_drugs"]),
        purpose=row["purpose"],
        indications=listed(row["indications"]),
        evidence_grade=row["evidence_grade"],
        expected_side_effects=listed(row["expected_side_effects"]),
        ph_min=figure(row["ph_min"]),
        ph_max=figure(row["ph_max"]),
        notes=row["notes"],
        source=row["source"],
    )


@cache
def pairs() -> tuple[PairRow, ...]:
    """All rules between two things."""
    return tuple(PairRow(**row) for row in rows(DATA / "incompatibilities.csv"))


@cache
def indications() -> tuple[IndicationRow, ...]:
    """All reasons to treat."""
    return tuple(
        IndicationRow(row["slug"], row["name"], row["domain"], listed(row["also_said"]))
        for row in rows(DATA / "indications.csv")
    )


@cache
def effects() -> tuple[EffectRow, ...]:
    """All side effects."""
    return tuple(_effect(row) for row in rows(DATA / "side_effects.csv"))


def _effect(row: dict[str, str]) -> EffectRow:
    return EffectRow(
        slug=row["slug"],
        name=row["name"],
        seriousness_default=row["seriousness_default"],
        onset_hours_min=int(row["usual_onset_hours_min"]),
        onset_hours_max=int(row["usual_onset_hours_max"]),
        duration_days=int(row["usual_duration_days"]) if row["usual_duration_days"] else None,
        expected=row["expected"] == "yes",
        red_flag=row["red_flag"] == "yes",
        scope=row["scope"],
        advice_to_patient=row["advice_to_patient"],
        advice_to_staff=row["advice_to_staff"],
        source=row["source"],
    )


def jurisdictions(path: Path = DATA / "jurisdictions.csv") -> tuple[JurisdictionRow, ...]:
    """What each jurisdiction decides."""
    return tuple(
        JurisdictionRow(row["jurisdiction"], row["key"], json.loads(row["value"]), row["source"]) for row in rows(path)
    )


Wanted = dict[str, dict[str, Any]]


def columns_of(rows: Iterable[Any], leave_out: Iterable[str] = ("domain", "also_said")) -> Wanted:
    """Reference rows as columns of a table, by slug; what the table has no column for is left out."""
    wanted: Wanted = {}
    for row in rows:
        columns = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}
        columns.pop("slug", None)
        wanted[row.slug] = {name: value for name, value in columns.items() if name not in leave_out}
    return wanted
