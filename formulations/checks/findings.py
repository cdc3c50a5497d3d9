"""What the check answers: findings, each one fact in one line, hardest first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """A block stops; a warn needs a decision for this patient; a note needs nothing."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"

    @property
    def hardness(self) -> int:
        return {"block": 2, "warn": 1, "note": 0}[self.value]


class Override(StrEnum):
    """Who may go on all the same, with a reason."""

    NONE = "none"
    PRACTITIONER = "practitioner"
    DIRECTOR = "director"


ORDER = (
    "protocol_unavailable",
    "ingredient_withdrawn",
    "ingredient_prohibited",
    "ingredient_restricted",
    "ingredient_inactive",
    "allergy",
    "contraindication",
    "referral_needed",
    "drug_interaction",
    "washout",
    "not_checked",
    "pair_incompatible",
    "antiseptic_forbidden",
    "ph_mismatch",
    "weight_unknown",
    "dose_cap_exceeded",
    "points_cap_exceeded",
    "dose_cap_near",
    "strength_unknown",
    "no_validated_cap",
    "too_many_products",
    "beyond_use_passed",
    "container_shared",
    "container_expired",
    "lot_recalled",
    "lot_quarantined",
    "lot_expired",
    "lot_insufficient",
    "consent_missing",
    "consent_outdated",
    "consultation_missing",
    "order_missing",
    "licence_expired",
    "zone_forbidden",
    "depth_forbidden",
    "outside_window",
    "reassessment_needed",
    "interval_early",
    "interval_late",
)

_PROPOSAL = re.compile(r"to be confirmed|general\b[^;]*\bknowledge")


@dataclass(frozen=True)
class Finding:
    """One fact about a mix, a patient or a moment; `belongs_to_recipe` when the approval of a recipe may settle it."""

    code: str
    severity: Severity
    subjects: tuple[str, ...]
    message: str
    source: str = ""
    override: Override = Override.NONE
    fix: str = ""
    accepted: str = ""
    belongs_to_recipe: bool = False

    @property
    def key(self) -> str:
        """What names the same fact again on another day."""
        return f"{self.code}:{'+'.join(sorted(self.subjects))}"

    @property
    def interrupts(self) -> bool:
        """Whether somebody must do something before going on."""
        return self.severity is not Severity.NOTE

    def as_dict(self) -> dict[str, Any]:
        """The finding as the API answers it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "subjects": list(self.subjects),
            "message": self.message,
            "source": self.source,
            "override": self.override.value,
            "fix": self.fix,
            "accepted": self.accepted,
        }


def is_proposal(source: str) -> bool:
    """Whether a source is only general knowledge or still to be confirmed, so that its block needs a signature."""
    return bool(_PROPOSAL.search(source.lower()))


def acting(severity: str, source: str, *, signed: bool, at_once: bool = False) -> Severity:
    """How hard a row acts: a proposed block only warns until the medical director has signed it."""
    if severity == Severity.BLOCK and not signed and not at_once and is_proposal(source):
        return Severity.WARN
    return Severity(severity)


def hardest(severities: Iterable[Severity]) -> Severity:
    """The hardest of several severities."""
    return max(severities, key=lambda severity: severity.hardness)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Hardest first, then in the order of screening, then by subject."""
    return tuple(
        sorted(findings, key=lambda found: (-found.severity.hardness, ORDER.index(found.code), found.subjects))
    )


def verdict(findings: Iterable[Finding]) -> str:
    """block, warn or ok; notes leave it ok."""
    found = hardest([finding.severity for finding in findings] or [Severity.NOTE])
    return "ok" if found is Severity.NOTE else found.value


def softened(finding: Finding, accepted: str) -> Finding:
    """The finding as a note that says with which recipe, by whom and when it was accepted."""
    return replace(
        finding,
        severity=Severity.NOTE,
        override=Override.NONE,
        accepted=accepted,
        message=f"{finding.message} ({accepted})",
    )
