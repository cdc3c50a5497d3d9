"""What a check said during a session, kept with the word of whoever went on all the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from audit.actions import audited
from formulations.checks.findings import Finding
from formulations.rules.preparations import Decision, may_decide, reason_for
from treatments.models import SessionFinding, TreatmentSession
from treatments.rules.sessions import membership


@audited("session.findings_recorded")
def record(
    session: TreatmentSession,
    found: Iterable[Finding],
    *,
    stage: str,
    overrides: Iterable[Any] = (),
    adding: bool = False,
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Keep what a check says at this stage in place of what it said before; what somebody decided stays on record."""
    decisions = [Decision.of(each) for each in overrides]
    member = membership(by, session.clinic_id)
    before = SessionFinding.objects.filter(session=session, stage=stage)
    if not adding:
        before.filter(overridden_at=None).delete()
    kept = set(before.values_list("code", "message"))
    rows = []
    for finding in found:
        if (finding.code, finding.message) in kept:
            continue
        word = reason_for(finding, decisions) if finding.interrupts and may_decide(member, finding) else ""
        rows.append(_row(session, finding, stage, word, by=by, at=at))
    SessionFinding.objects.bulk_create(rows)
    return session


def _row(session: TreatmentSession, finding: Finding, stage: str, word: str, *, by: User, at: datetime) -> Any:
    return SessionFinding(
        clinic=session.clinic,
        session=session,
        stage=stage,
        code=finding.code,
        severity=finding.severity.value,
        subjects=list(finding.subjects),
        message=finding.message,
        source=finding.source,
        found_at=at,
        reason=word[:500],
        overridden_at=at if word else None,
        overridden_by=by if word else None,
    )
