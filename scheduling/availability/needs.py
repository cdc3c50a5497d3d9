"""What a sort of visit takes of people, rooms and devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.fields import Span
from common.prepared import Given, Question, remember
from scheduling.models import AppointmentKind, KindSegment, Resource

Offsets = tuple[tuple[int, int], ...]
KIND = Question(lambda: AppointmentKind.objects.filter(clinic=Given("clinic"), pk=Given("kind")))
SEGMENTS = Question(lambda: KindSegment.objects.filter(clinic=Given("clinic"), kind=Given("kind")))


def kind_of(clinic: Any, pk: int) -> AppointmentKind | None:
    """A sort of visit of the clinic with its segments, which every search and every booking begins with."""
    kind: AppointmentKind | None = KIND.first(clinic=clinic.pk, kind=pk)
    if kind is not None:
        kind.clinic = clinic
        remember(kind, "segments", SEGMENTS.all(clinic=clinic.pk, kind=pk))
    return kind


@dataclass(frozen=True)
class Needs:
    """What a kind of visit takes of each resource, in minutes from its start."""

    minutes: int
    practitioner: Offsets
    room: Offsets
    device: Offsets
    patient: Offsets

    def spans(self, resource: str, starts_at: datetime) -> tuple[Span, ...]:
        """The moments for which a resource is busy when a visit starts then."""
        return tuple(
            (starts_at + timedelta(minutes=low), starts_at + timedelta(minutes=high))
            for low, high in getattr(self, resource)
        )


def needs_of(kind: AppointmentKind) -> Needs:
    """What a kind takes: its segments where it has some, else everybody throughout, the room with its buffers."""
    segments: dict[str, list[tuple[int, int]]] = {}
    for segment in kind.segments.all():
        segments.setdefault(segment.resource, []).append((segment.from_minute, segment.to_minute))
    whole = [(0, kind.minutes)]
    room = [(-kind.buffer_before_minutes, kind.minutes + kind.buffer_after_minutes)]
    return Needs(
        minutes=kind.minutes,
        practitioner=_merged(segments.get(Resource.PRACTITIONER, whole)),
        room=_merged(segments.get(Resource.ROOM, room)),
        device=_merged(segments.get(Resource.DEVICE, whole)),
        patient=_merged(segments.get(Resource.PATIENT, whole)),
    )


def _merged(offsets: Iterable[tuple[int, int]]) -> Offsets:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(offsets):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
