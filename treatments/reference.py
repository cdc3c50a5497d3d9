"""Protocols, zones and policy that a clinic starts with, read from the files beside this module into typed rows."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from formulations.reference import figure, listed, rows

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class ProtocolRow:
    """A course for one indication as the reference proposes it."""

    slug: str
    indication: str
    name: str
    status: str
    domain: str
    min_sessions: int
    max_sessions: int
    default_sessions: int
    phases: str
    hard_min_days: int | None
    typical_ingredients: tuple[str, ...]
    technique: tuple[str, ...]
    depth_min_mm: Decimal | None
    depth_max_mm: Decimal | None
    needle: str
    outcome_measures: tuple[str, ...]
    evidence_grade: str
    evidence_note: str
    internal_note: str
    source: str


@dataclass(frozen=True)
class ZoneRow:
    """A place on the body: its sides, its chart, and whether nobody injects there ("hard", or "hard:substance")."""

    slug: str
    name: str
    region: str
    sides: tuple[str, ...]
    chart: str
    forbid: str


@dataclass(frozen=True)
class ConditionPolicyRow:
    """What a condition means, where; `number` tells the rows of one condition apart."""

    slug: str
    number: int
    applies_to: tuple[str, ...]
    scope: str
    severity: str
    override: str
    source: str


@dataclass(frozen=True)
class WashoutRow:
    """What must lie so many days before (and after) a session."""

    slug: str
    days_before: int
    days_after: int
    scope: str
    severity: str
    asked_as: str
    source: str


@cache
def protocols() -> tuple[ProtocolRow, ...]:
    """All protocols."""
    return tuple(_protocol(row) for row in rows(DATA / "protocols.csv"))


def _protocol(row: dict[str, str]) -> ProtocolRow:
    return ProtocolRow(
        slug=row["slug"],
        indication=row["indication"],
        name=row["name"],
        status=row["status"],
        domain=row["domain"],
        min_sessions=int(row["min_sessions"]),
        max_sessions=int(row["max_sessions"]),
        default_sessions=int(row["default_sessions"]),
        phases=row["phases"],
        hard_min_days=int(row["hard_min_days"]) if row["hard_min_days"] else None,
        typical_ingredients=listed(row["typical_ingredients"]),
        technique=listed(row["technique"]),
        depth_min_mm=figure(row["depth_min_mm"]),
        depth_max_mm=figure(row["depth_max_mm"]),
        needle=row["needle"],
        outcome_measures=listed(row["outcome_measures"]),
        evidence_grade=row["evidence_grade"],
        evidence_note=row["evidence_note"],
        internal_note=row["internal_note"],
        source=row["source"],
    )


@cache
def zones() -> tuple[ZoneRow, ...]:
    """All zones of the body."""
    return tuple(
        ZoneRow(row["slug"], row["name"], row["region"], listed(row["sides"]), row["chart"], row["forbid"])
        for row in rows(DATA / "zones.csv")
    )


@cache
def condition_policies() -> tuple[ConditionPolicyRow, ...]:
    """What each condition means; a condition may have several rows."""
    found: list[ConditionPolicyRow] = []
    for row in rows(DATA / "condition_policy.csv"):
        number = 1 + sum(earlier.slug == row["slug"] for earlier in found)
        found.append(
            ConditionPolicyRow(
                slug=row["slug"],
                number=number,
                applies_to=listed(row["applies_to"]),
                scope=row["scope"],
                severity=row["severity"],
                override=row["override"],
                source=row["source"],
            )
        )
    return tuple(found)


@cache
def washouts() -> tuple[WashoutRow, ...]:
    """All washouts."""
    return tuple(
        WashoutRow(
            slug=row["slug"],
            days_before=int(row["days_before"]),
            days_after=int(row["days_after"]),
            scope=row["scope"],
            severity=row["severity"],
            asked_as=row["asked_as"],
            source=row["source"],
        )
        for row in rows(DATA / "washouts.csv")
    )
