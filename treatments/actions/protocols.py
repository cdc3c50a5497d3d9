"""The clinic's protocols, zones and policy: filled once, then only changed as its medical director decides."""

from datetime import datetime
from typing import Any

from accounts.models import Clinic, User
from audit.actions import audited
from formulations.actions import catalogue, jurisdictions
from formulations.reference import Wanted, columns_of
from formulations.reference import jurisdictions as decided_in
from treatments import reference
from treatments.models import ConditionPolicy, Protocol, Washout, Zone

KINDS: tuple[Any, ...] = (Protocol, Zone, ConditionPolicy, Washout)


@audited("protocols.loaded")
def load(clinic: Clinic, *, by: User | None, at: datetime) -> Clinic:
    """Give a new clinic all protocols, zones, policy and washouts; to one that has them, only propose changes."""
    catalogue.fill(clinic, Protocol, columns_of(reference.protocols(), leave_out=()), by=by, at=at)
    catalogue.fill(clinic, Zone, columns_of(reference.zones()), by=by, at=at)
    catalogue.fill(clinic, ConditionPolicy, _policies(), by=by, at=at)
    catalogue.fill(clinic, Washout, columns_of(reference.washouts()), by=by, at=at)
    rows = decided_in(reference.DATA / "jurisdictions.csv")
    jurisdictions.apply(clinic, rows=rows, by=by, at=at)
    return clinic


@audited("protocols.signed")
def sign_all(clinic: Clinic, *, by: User, at: datetime) -> Clinic:
    """Have the medical director stand behind every protocol, zone, policy and washout that is in force."""
    return catalogue.sign_all(clinic, kinds=KINDS, by=by, at=at)


@audited("reference.signed")
def sign_reference(clinic: Clinic, *, by: User, at: datetime) -> Clinic:
    """Have the medical director stand behind the whole reference at once, before the first plan."""
    catalogue.sign_all(clinic, by=by, at=at)
    return sign_all(clinic, by=by, at=at)


def _policies() -> Wanted:
    """Policy rows by a slug of their own: a condition may have several."""
    return {
        row.slug if row.number == 1 else f"{row.slug}-{row.number}": {
            "condition": row.slug,
            "number": row.number,
            "applies_to": list(row.applies_to),
            "scope": row.scope,
            "severity": row.severity,
            "override": row.override,
            "source": row.source,
        }
        for row in reference.condition_policies()
    }
