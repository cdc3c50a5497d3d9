"""The audit trail as a page shows it: who did what when, and whether the trail still agrees with its anchor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from accounts.models import Clinic
from audit import anchors
from audit.models import Event


@dataclass(frozen=True)
class State:
    """Whether the trail agrees with what was last written down outside the database."""

    code: str
    events: int
    anchored_at: datetime | None = None
    anchored_seq: int | None = None


def entries(clinic: Clinic, rows: Any) -> list[dict[str, Any]]:
    """Give the lines of the trail as a page shows them: each with the file that it leads to."""
    rows = list(rows)
    numbers = {row.patient_number for row in rows if row.patient_number}
    files = dict(clinic.patients.filter(number__in=numbers).values_list("number", "pk"))
    return [{**row._asdict(), "patient_id": files.get(row.patient_number)} for row in rows]


def state_of(clinic: Clinic) -> State:
    """Hold the trail against its last anchor: that event must still be there, unaltered, and all before it."""
    found = Event.objects.filter(chain=clinic.pk)
    count = found.count()
    anchor = anchors.last_anchor(anchors.folder() / f"{clinic.pk}.jsonl")
    if anchor is None:
        return State("unanchored", count)
    seq = int(anchor["seq"])
    same = found.filter(seq=seq, hash=anchor["hash"]).exists() and found.filter(seq__lte=seq).count() == seq
    return State("agrees" if same else "broken", count, parse_datetime(anchor["at"]), seq)
