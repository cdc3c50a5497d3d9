"""The audit trail as a page shows it: who did what when, and whether the trail still agrees with its anchor."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Clinic, Kind, User
from audit import anchors
from audit.models import Event
from common.dates import day_bounds
from patients.access import names_in
from reports.tables.kinds import words_of


@dataclass(frozen=True)
class Entry:
    """One line of the trail, in words."""

    seq: int
    at: datetime
    who: str
    what: str
    about: str
    patient_number: str
    patient_id: int | None
    details: str
    reason: str


@dataclass(frozen=True)
class State:
    """Whether the trail agrees with what was last written down outside the database."""

    code: str
    events: int
    anchored_at: datetime | None = None
    anchored_seq: int | None = None


def events(
    clinic: Clinic, *, own: User | None = None, kind: str = "", person: int | None = None, day: date | None = None
) -> Any:
    """Give the events of a clinic, newest first: all of them, or one member's own."""
    found = Event.objects.filter(chain=clinic.pk)
    if own or person:
        found = found.filter(actor_id=own.pk if own else person)
    if kind:
        found = found.filter(kind=kind)
    if day:
        start, end = day_bounds(day, clinic.time_zone)
        found = found.filter(at__gte=start, at__lt=end)
    return found.order_by("-seq")


def entries(clinic: Clinic, rows: Any) -> list[Entry]:
    """Put events into words, with three queries for all names."""
    rows = list(rows)
    people = {**_others(rows), **names_in(clinic)}
    files = {event.patient_id for event in rows if event.patient_id}
    numbers = dict(clinic.patients.filter(pk__in=files).values_list("pk", "number"))
    return [
        Entry(
            seq=event.seq,
            at=event.at,
            who=_who(event, people),
            what=words_of(event.kind),
            about=_about(event),
            patient_number=numbers.get(event.patient_id, ""),
            patient_id=event.patient_id if event.patient_id in numbers else None,
            details=", ".join(_plainly(name) for name in event.fields),
            reason=event.reason,
        )
        for event in rows
    ]


def _others(rows: list[Event]) -> dict[int, str]:
    """Say of those who do not work here what they are: a patient is not named in a list that an auditor reads."""
    words = {Kind.PATIENT: _("a patient"), Kind.SYSTEM: _("the system"), Kind.STAFF: _("somebody from elsewhere")}
    actors = {event.actor_id for event in rows if event.actor_id}
    return {pk: words[Kind(kind)] for pk, kind in User.objects.filter(pk__in=actors).values_list("pk", "kind")}


def _who(event: Event, people: dict[int, str]) -> str:
    return people.get(event.actor_id or 0) or _("not known yet")


def _about(event: Event) -> str:
    """Name the thing an event speaks of, where it is not the patient or the clinic itself."""
    app, _dot, noun = event.subject_kind.partition(".")
    if noun in ("", "patient", "clinic"):
        return ""
    model = apps.all_models.get(app, {}).get(noun)
    return f"{model._meta.verbose_name if model else noun} {event.subject_id}"


def _plainly(name: str) -> str:
    return str(name).rpartition(":")[2].replace("_", " ")


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
