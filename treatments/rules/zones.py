"""Where, how deep and in how many points: what the check says of one zone of a session."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from formulations.checks import check, contexts
from formulations.models import Preparation
from formulations.rules.mix import readied
from treatments.models import TreatmentSession, Zone
from treatments.rules import gates, mix

ZONE_CODES = frozenset(["zone_forbidden", "depth_forbidden", "points_cap_exceeded"])


class Places:
    """The zones of one session as the check sees them; each mix is read once, whatever number of zones it goes into."""

    def __init__(self, session: TreatmentSession, *, at: datetime) -> None:
        self.session, self.at = session, at
        self._mixes: dict[int, tuple[Any, contexts.Context]] = {}

    def findings(
        self,
        *,
        zone: Zone,
        depth_mm: Decimal,
        points: int | None,
        area_cm2: Decimal | None,
        preparation: Preparation | None,
    ) -> list[Any]:
        """Find what the place, the depth and the number of points say against injecting this mix here."""
        if preparation is None:
            return []
        mixed, around = self._read(preparation)
        context = replace(
            around,
            zones=(contexts.Zone(zone.slug, zone.name, zone.region, zone.forbid),),
            depth_mm=depth_mm,
            points=contexts.Points(points, area_cm2) if points else None,
        )
        return [finding for finding in check(mixed, context=context).findings if finding.code in ZONE_CODES]

    def _read(self, preparation: Preparation) -> tuple[Any, contexts.Context]:
        if preparation.pk not in self._mixes:
            session = self.session
            context = mix.context_of(session.plan.protocol, practitioner=session.practitioner)
            self._mixes[preparation.pk] = readied(session.clinic, gates.drawn(preparation), context=context, at=self.at)
        return self._mixes[preparation.pk]


def of_rows(session: TreatmentSession, rows: Iterable[Mapping[str, Any]], *, at: datetime) -> list[Any]:
    """Find what the check says of a whole table of zones, each fact once."""
    tray, places = gates.on_the_tray(session), Places(session, at=at)
    once: dict[tuple[str, str], Any] = {}
    for row in rows:
        found = places.findings(
            zone=row["zone"],
            depth_mm=row["depth_mm"],
            points=row.get("points"),
            area_cm2=row.get("area_cm2"),
            preparation=row.get("preparation") or (tray[0] if tray else None),
        )
        for finding in found:
            once.setdefault((finding.code, finding.message), finding)
    return list(once.values())
