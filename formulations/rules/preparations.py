"""When a mix may be drawn, accounted for and thrown away; which findings need somebody's word, and whose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, may
from accounts.models import Membership, User
from common.refused import Refusal
from common.rules import rule
from formulations import mixing
from formulations.checks.findings import Finding, Override, Severity
from formulations.models import PREPARATION_TRANSITIONS, Preparation, PreparationState

STOCK_CODES = frozenset(
    ["lot_expired", "lot_quarantined", "lot_recalled", "lot_insufficient", "container_shared", "container_expired"]
)
REASONS = (
    _("Benefit outweighs the risk for this patient"),
    _("Discussed with the patient, who agrees"),
    _("Tolerated before without a reaction"),
    _("Confirmed with the prescriber"),
    _("Label or pharmacist consulted"),
)


@dataclass(frozen=True)
class Decision:
    """Somebody's word on one kind of finding; `subjects` narrows it to the findings that name them."""

    code: str
    reason: str
    subjects: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Any) -> "Decision":
        """From the body of a request, or a decision as it is."""
        if isinstance(given, cls):
            return given
        return cls(given["code"], given.get("reason", ""), frozenset(given.get("subjects") or ()))

    def speaks_of(self, finding: Finding) -> bool:
        return self.code == finding.code and self.subjects <= frozenset(finding.subjects)


def reason_for(finding: Finding, decisions: Iterable[Decision]) -> str:
    """What was said about a finding; empty when nobody decided."""
    return next((each.reason.strip() for each in decisions if each.speaks_of(finding)), "")


def needs_proof(findings: Iterable[Finding], overrides: Iterable[Any]) -> bool:
    """Whether going on means overriding a block, for which a person proves again who they are."""
    decisions = [Decision.of(each) for each in overrides]
    return any(
        finding.severity is Severity.BLOCK and finding.override is not Override.NONE and reason_for(finding, decisions)
        for finding in findings
    )


def may_decide(membership: Membership | None, finding: Finding) -> bool:
    """Whether this member's word counts for a finding: anybody's who mixes for a warning, a block as policy says."""
    if finding.severity is Severity.WARN:
        return may(membership, Permission.PREPARE_MIXES)
    if finding.override is Override.DIRECTOR:
        return bool(membership and membership.is_medical_director)
    return finding.override is Override.PRACTITIONER and may(membership, Permission.OVERRIDE_FINDINGS)


def undecided(
    membership: Membership | None, findings: Iterable[Finding], decisions: Iterable[Decision]
) -> Iterator[Refusal]:
    """The findings that stop this person here: every block without a valid word, every warning without a reason."""
    decisions = list(decisions)
    for finding in findings:
        if not finding.interrupts or finding.code in STOCK_CODES:
            continue
        if not (reason_for(finding, decisions) and may_decide(membership, finding)):
            yield Refusal(finding.code, finding.message, finding.severity.value, finding.source)


def drawable_with(
    membership: Membership | None, findings: Iterable[Finding], overrides: Iterable[Any], stock: Iterable[Refusal]
) -> list[Refusal]:
    """Everything that speaks against drawing a mix, hardest first."""
    found = [*undecided(membership, findings, [Decision.of(each) for each in overrides]), *stock]
    return sorted(found, key=lambda refusal: refusal.severity != "block")


@rule
def reconcile(
    user: User, preparation: Preparation, *, account: mixing.Reconciliation, reason: str
) -> Iterator[tuple[bool, Refusal]]:
    """A mix is accounted for once: drawn is injected plus wasted, and a difference that matters says why."""
    yield _open(preparation, PreparationState.RECONCILED)
    yield (
        account.wasted_ml >= 0,
        Refusal("wrong_state", _("More is recorded as injected than was drawn: correct the zones.")),
    )
    yield (
        not account.needs_reason or account.wasted_ml < 0 or bool(reason.strip()),
        Refusal(
            "reason_needed",
            _("%(ml)s mL of the mix are not accounted for: say why.")
            % {"ml": mixing.shown(abs(account.difference_ml))},
        ),
    )


@rule
def discard(user: User, preparation: Preparation, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A mix that nobody injects is thrown away, with a reason."""
    yield _open(preparation, PreparationState.DISCARDED)
    yield (
        not preparation.zone_applications.exists(),
        Refusal("wrong_state", _("Some of this mix was injected: what is left is accounted for at the signature.")),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the mix is thrown away."))


@rule
def confirm(user: User, preparation: Preparation) -> Iterator[tuple[bool, Refusal]]:
    """A second person looks at the mix: clear, no particles, the right colour, the right volume."""
    yield _open(preparation, PreparationState.CHECKED)
    yield (
        preparation.prepared_by_id != user.pk,
        Refusal("second_person_required", _("Somebody else than the person who mixed it checks the mix.")),
    )


def _open(preparation: Preparation, target: str) -> tuple[bool, Refusal]:
    done = preparation.state == target
    sentence = _("This mix is %(state)s already.") % {"state": preparation.get_state_display().lower()}
    return (
        target in PREPARATION_TRANSITIONS[preparation.state],
        Refusal("already_done" if done else "wrong_state", sentence),
    )
