"""Where, how deep and in how many points: what the check says of one zone of a session."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from formulations.checks import contexts
from formulations.models import Preparation
from treatments.models import TreatmentSession, Zone
from treatments.rules import gates, mix

ZONE_CODES = frozenset(["zone_forbidden", "depth_forbidden", "points_cap_exceeded"])


def findings(
    session: TreatmentSession,
    *,
    zone: Zone,
    depth_mm: Decimal,
    points: int | None,
    area_cm2: Decimal | None,
    preparation: Preparation | None,
    at: datetime,
) -> list[Any]:
    """Find what the place, the depth and the number of points say against injecting this mix here."""
    if preparation is None:
        return []
    context = mix.context_of(
        session.plan.protocol,
        practitioner=session.practitioner,
        zones=(contexts.Zone(zone.slug, zone.name, zone.region, zone.forbid),),
        depth_mm=depth_mm,
        points=contexts.Points(points, area_cm2) if points else None,
    )
    found = mix.mix.findings(session.clinic, components=gates.drawn(preparation), context=context, at=at)
    return [finding for finding in found.findings if finding.code in ZONE_CODES]


def of_rows(session: TreatmentSession, rows: Iterable[Mapping[str, Any]], *, at: datetime) -> list[Any]:
    """Find what the check says of a whole table of zones, each fact once."""
    tray = gates.on_the_tray(session)
    once: dict[tuple[str, str], Any] = {}
    for row in rows:
        found = findings(
            session,
            zone=row["zone"],
            depth_mm=row["depth_mm"],
            points=row.get("points"),
            area_cm2=row.get("area_cm2"),
            preparation=row.get("preparation") or (tray[0] if tray else None),
            at=at,
        )
        for finding in found:
            once.setdefault((finding.code, finding.message), finding)
    return list(once.values())
