"""The clinic's rules and the moment of a check, as plain frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from formulations.checks.mixes import Component, Range, Substance
from formulations.mixing import Number


@dataclass(frozen=True)
class PairRule:
    """Two things that do not belong together; `signed` once the medical director stands behind the row."""

    a: str
    b: str
    severity: str
    reason: str
    source: str
    signed: bool = False

    @classmethod
    def of(cls, row: Any, *, signed: bool) -> "PairRule":
        """From a row of the catalogue."""
        return cls(row.a, row.b, row.severity, row.reason, row.source, signed)


@dataclass(frozen=True)
class ConditionPolicy:
    """What a condition means, where; `signed` once the medical director stands behind the row."""

    slug: str
    applies_to: tuple[str, ...]
    scope: str
    severity: str
    override: str
    source: str
    signed: bool = False

    @classmethod
    def of(cls, row: Any, *, signed: bool) -> "ConditionPolicy":
        """From a row of the clinic's policy."""
        return cls(row.slug, tuple(row.applies_to), row.scope, row.severity, row.override, row.source, signed)


@dataclass(frozen=True)
class Washout:
    """What must lie so many days before a session."""

    slug: str
    days_before: int
    scope: str
    severity: str
    asked_as: str
    source: str

    @classmethod
    def of(cls, row: Any) -> "Washout":
        """From a row of the clinic's policy."""
        return cls(row.slug, row.days_before, row.scope, row.severity, row.asked_as, row.source)


@dataclass(frozen=True)
class Zone:
    """A place to be injected; `forbid` is empty, "hard", or "hard:substance"."""

    slug: str
    name: str = ""
    region: str = ""
    forbid: str = ""


@dataclass(frozen=True)
class Topical:
    """An anaesthetic cream used today, against the limits of its own label."""

    product: str
    grams: Number
    area_cm2: Number | None = None
    max_grams: Number | None = None
    max_area_cm2: Number | None = None


@dataclass(frozen=True)
class Given:
    """A dose already given today from another mix."""

    substance: Substance
    amount: Number
    unit: str = "mg"


@dataclass(frozen=True)
class Points:
    """How the mix is spread: number of points and the area they cover."""

    count: int
    area_cm2: Number | None = None


@dataclass(frozen=True)
class ApprovedRecipe:
    """A version of a recipe with what its approval settled: which findings (None = all it had), by whom, when, why.

    `components` carry the strengths that were approved; a component without one is not covered once a lot has one.
    """

    label: str
    approved_by: str
    approved_on: date
    components: tuple[Component, ...]
    reason: str = ""
    accepted: frozenset[str] | None = None


@dataclass(frozen=True)
class Gate:
    """What must stand before the needle. `consent` is "", ok, missing or outdated; `timing` is how the day lies."""

    consent: str = ""
    licence_expires_on: date | None = None
    timing: str = ""
    beyond_use_at: datetime | None = None
    protocol_status: str = "active"
    protocol_name: str = ""
    protocol_enabled: bool = False


@dataclass(frozen=True)
class Context:
    """The moment and the clinic's rules. An empty domain is unknown and meets every domain's rules."""

    domain: str = ""
    indication: str = ""
    zones: tuple[Zone, ...] = ()
    at: datetime | None = None
    today: date | None = None
    antiseptic: str = ""
    preparation_standard: str = "immediate"
    flags_many_products: bool = False
    prescriber: str = ""
    enabled: frozenset[str] = frozenset()
    pairs: tuple[PairRule, ...] = ()
    policies: tuple[ConditionPolicy, ...] = ()
    washouts: tuple[Washout, ...] = ()
    recipe: ApprovedRecipe | None = None
    topical: Topical | None = None
    given_today: tuple[Given, ...] = ()
    depth_mm: Number | None = None
    protocol_depth_mm: Range | None = None
    points: Points | None = None
    gate: Gate = Gate()
