"""Licences and competences that end soon: the owner and the person are told in time, not on the day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Clinic, Practitioner, Role, User
from audit.actions import audited
from common.dates import local_day
from patients.actions import tasks
from patients.models import Task

NOTICES = (60, 30, 7)  # days before the last day


@dataclass(frozen=True)
class Ending:
    """Something of a practitioner that counts until a day: the licence, or one competence."""

    key: str
    words: str
    until: date
    practitioner: Practitioner

    def notice(self, today: date) -> int | None:
        """Give the tightest notice that has been reached; -1 once the last day is over."""
        left = (self.until - today).days
        if left < 0:
            return -1
        return min((days for days in NOTICES if left <= days), default=None)


@audited("licences.looked_at")
def remind(clinic: Clinic, *, by: User, at: datetime) -> Clinic:
    """Put a task on the worklist 60, 30 and 7 days before something ends, one at a time; a renewal takes it away."""
    today = local_day(at, clinic.time_zone)
    wanted: dict[str, tuple[Ending, int]] = {}
    for ending in _endings(clinic):
        notice = ending.notice(today)
        if notice is not None:
            wanted[f"ends:{ending.key}:{ending.until:%Y%m%d}:{notice}"] = (ending, notice)
    standing = {task.reason_key: task for task in clinic.tasks.open().filter(reason_key__startswith="ends:")}
    for key, task in standing.items():
        if key not in wanted:
            tasks.done(task, outcome=_("Renewed, or told anew."), by=by, at=at)
    known = set(clinic.tasks.filter(reason_key__in=wanted).values_list("reason_key", flat=True))
    for key in wanted.keys() - known:
        _tell(clinic, key, *wanted[key], by=by, at=at)
    return clinic


def is_due(clinic: Clinic, at: datetime) -> bool:
    """Say whether anything changed since the last look: nothing is written down on days on which nothing does."""
    today = local_day(at, clinic.time_zone)
    keys = {
        f"ends:{ending.key}:{ending.until:%Y%m%d}:{notice}"
        for ending in _endings(clinic)
        if (notice := ending.notice(today)) is not None
    }
    told = clinic.tasks.filter(reason_key__startswith="ends:")
    standing = set(told.open().values_list("reason_key", flat=True))
    return bool(standing - keys) or bool(keys - set(told.values_list("reason_key", flat=True)))


def _endings(clinic: Clinic) -> Iterator[Ending]:
    for each in clinic.practitioners.active().with_person().with_competences():
        if each.licence_expires_on:
            words = _("The licence of %(name)s") % {"name": each}
            yield Ending(f"licence:{each.pk}", words, each.licence_expires_on, each)
        for held in each.held_competences.all():
            if held.valid_until:
                words = _("%(what)s of %(name)s") % {"what": held.competence.name, "name": each}
                yield Ending(f"competence:{held.pk}", words, held.valid_until, each)


def _tell(clinic: Clinic, key: str, ending: Ending, notice: int, *, by: User, at: datetime) -> Task:
    day = date_format(ending.until, "j F Y")
    text = _("%(what)s ended on %(day)s.") if notice < 0 else _("%(what)s ends on %(day)s: have it renewed.")
    told: Any = tasks.add(
        clinic,
        text=text % {"what": ending.words, "day": day},
        role=Role.OWNER,
        due_on=ending.until,
        url=reverse("accounts:member_change", args=[ending.practitioner.membership_id]),
        is_red=notice <= NOTICES[-1],
        reason_key=key,
        by=by,
        at=at,
    )
    return told
