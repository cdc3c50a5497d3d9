"""Protocols as somebody chooses among them: by indication, the best evidence first, nothing made prettier."""

from dataclasses import dataclass
from typing import Any

ORDER = ("A", "B", "C", "D", "none")
SIGNED = ("protocols", "condition_policies", "washouts", "ingredients", "pair_rules")


@dataclass(frozen=True)
class Group:
    """The ways in which one indication is treated here."""

    name: str
    protocols: list[Any]


def offered(clinic: Any) -> list[Group]:
    """Give every protocol in force, by the name of what it treats; those that policy keeps back too, marked so."""
    names = {row.slug: row.name for row in clinic.indications.current()}
    groups: dict[str, list[Any]] = {}
    for protocol in clinic.protocols.current():
        groups.setdefault(names.get(protocol.indication, protocol.indication), []).append(protocol)
    return [
        Group(name, sorted(rows, key=lambda row: (ORDER.index(row.evidence_grade), row.name)))
        for name, rows in sorted(groups.items())
    ]


@dataclass(frozen=True)
class Standing:
    """How much of the reference is in force here, and how much of it the medical director stands behind."""

    in_force: int
    signed: int

    @property
    def unsigned(self) -> int:
        return self.in_force - self.signed

    @property
    def is_complete(self) -> bool:
        return self.in_force > 0 and self.unsigned == 0


def standing_of(clinic: Any) -> Standing:
    """Count the rows of the reference that are in force, and those that are signed."""
    rows = [getattr(clinic, name).current() for name in SIGNED]
    return Standing(sum(each.count() for each in rows), sum(each.exclude(signed_at=None).count() for each in rows))
