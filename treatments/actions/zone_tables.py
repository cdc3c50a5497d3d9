"""The whole table of zones of a session, saved as it stands on the page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from audit.actions import audited
from common.refused import Refusal, Refused
from treatments.actions import sessions, zones
from treatments.models import ComponentUse, TreatmentSession
from treatments.rules import sessions as rules


@audited("session.zones_recorded")
def record(
    session: TreatmentSession,
    *,
    rows: Iterable[Mapping[str, Any]],
    overrides: Iterable[Any] = (),
    revision: int | None = None,
    by: User,
    at: datetime,
) -> TreatmentSession:
    """Put the zones of an open session as they are now in place of what was typed before; all of them, or none."""
    session = sessions.locked(session)
    rules.write_session.check(by, session, revision=revision, at=at)
    rules.record_injection.check(by, session)
    ComponentUse.objects.filter(zone_application__session=session).delete()
    session.zone_applications.all().delete()
    table = zones.Table(session, overrides=overrides, by=by, at=at)
    reasons: list[Refusal] = []
    for row in rows:
        try:
            zones.add_row(session, table=table, **row, by=by, at=at)
        except Refused as refused:
            reasons += [reason for reason in refused.reasons if reason not in reasons]
    if reasons:
        raise Refused.of(sorted(reasons, key=lambda reason: reason.severity != "block"))
    table.close()
    return session
