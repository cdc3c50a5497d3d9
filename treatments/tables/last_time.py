"""What was done the last time, put beside what is done now: offered, compared, never taken over by itself."""

from typing import Any

from common.decimals import plain
from treatments.models import TreatmentSession


def last_time(before: TreatmentSession | None) -> dict[str, Any] | None:
    """Give the zones of the session before; how they were injected may be taken over, lots and doses never."""
    if before is None:
        return None
    rows = before.zone_applications.select_related("zone").order_by("ordinal")
    return {"ordinal": before.planned_session.ordinal, "rows": [_row(row) for row in rows]}


def _row(row: Any) -> dict[str, Any]:
    return {
        "zone": row.zone.slug,
        "side": row.side,
        "taken_over": {
            "depth_mm": plain(row.depth_mm),
            "technique": row.technique,
            "needle": row.needle,
            "angle_deg": "" if row.angle_deg is None else str(row.angle_deg),
            "delivery": row.delivery,
        },
        "dose": {
            "points": "" if row.points is None else str(row.points),
            "ml_per_point": plain(row.ml_per_point) if row.ml_per_point is not None else "",
            "ml": plain(row.volume_ml),
        },
    }
