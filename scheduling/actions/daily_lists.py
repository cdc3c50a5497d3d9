"""Emergency kit, fridge and devices: what is looked at every day, and what was found."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited, note_fields
from common.dates import local_day
from common.refused import Refused
from patients.actions import tasks
from patients.models import CLINICIAN
from scheduling.models import DailyEntry, DailyList
from scheduling.rules import daily_lists as rules


@audited("daily_list.added")
def add(clinic: Any, *, location: Any, kind: str, name: str, by: User, at: datetime, **said: Any) -> DailyList:
    """Have something looked at every day."""
    try:
        with transaction.atomic():
            return DailyList.objects.create(clinic=clinic, location=location, kind=kind, name=name, **said)
    except IntegrityError as error:
        raise Refused("conflict", _("There is a list of this name at this place, or it says too little.")) from error


@audited("daily_list.changed")
def change(daily_list: DailyList, *, by: User, at: datetime, **said: Any) -> DailyList:
    """Change what is asked from now on; what was written down before keeps what was found then."""
    daily_list = DailyList.objects.select_for_update().get(pk=daily_list.pk)
    changed = [name for name, value in said.items() if getattr(daily_list, name) != value]
    for name in changed:
        setattr(daily_list, name, said[name])
    note_fields(changed)
    try:
        with transaction.atomic():
            daily_list.save(update_fields=changed)
    except IntegrityError as error:
        raise Refused("conflict", _("There is a list of this name at this place, or it says too little.")) from error
    return daily_list


@audited("daily_entry.recorded")
def record(daily_list: DailyList, *, by: User, at: datetime, **found: Any) -> DailyEntry:
    """Write down what somebody found; what is not in order stands red on the worklist until it is."""
    return _written(daily_list, by=by, at=at, **found)


@audited("daily_entry.corrected")
def correct(entry: DailyEntry, *, note: str, by: User, at: datetime, **found: Any) -> DailyEntry:
    """Write down what should have stood there, for the same day, with the reason; the wrong entry stays readable."""
    daily_list = DailyList.objects.select_for_update().get(pk=entry.daily_list_id)
    rules.correct.check(entry, note)
    return _written(daily_list, on=entry.on, corrects=entry, note=note, by=by, at=at, **found)


def _written(
    daily_list: DailyList,
    *,
    temperature_c: Decimal | None = None,
    findings: list[dict[str, Any]] | None = None,
    disinfectant: str = "",
    note: str = "",
    on: Any = None,
    corrects: DailyEntry | None = None,
    by: User,
    at: datetime,
) -> DailyEntry:
    findings = findings or []
    rules.record.check(daily_list, temperature_c=temperature_c, findings=findings, disinfectant=disinfectant)
    day = on or local_day(at, daily_list.location.time_zone)
    troubles = rules.troubles(daily_list, day, temperature_c=temperature_c, findings=findings)
    entry = DailyEntry.objects.create(
        clinic_id=daily_list.clinic_id,
        daily_list=daily_list,
        on=day,
        is_in_order=not troubles,
        temperature_c=temperature_c,
        findings=findings,
        disinfectant=disinfectant,
        note=note.strip()[:300],
        corrects=corrects,
        by=by,
        at=at,
    )
    _tell(daily_list, troubles, by=by, at=at)
    return entry


def _tell(daily_list: DailyList, troubles: list[str], *, by: User, at: datetime) -> None:
    """Open the red task of a list, or close it when the newest entry is in order again."""
    key = f"daily-list:{daily_list.pk}"
    standing = daily_list.clinic.tasks.open().filter(reason_key=key).first()
    if troubles:
        tasks.add(
            daily_list.clinic,
            text=f"{daily_list.name}: {' '.join(troubles)}",
            role=CLINICIAN,
            due_at=at,
            url=reverse("scheduling:daily_list_record", args=[daily_list.pk]),
            is_red=True,
            reason_key=key,
            by=by,
            at=at,
        )
        return
    newest = daily_list.entries.current().newest_first().first()
    if standing and newest and newest.is_in_order:
        tasks.done(standing, outcome=_("In order again."), by=by, at=at)
