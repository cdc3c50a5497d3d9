"""Protocols as somebody chooses among them: by indication, the best evidence first, nothing made prettier."""

from dataclasses import dataclass
from typing import Any

ORDER = ("A", "B", "C", "D", "none")


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
