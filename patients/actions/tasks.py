"""What somebody of the clinic still has to do."""

from datetime import date, datetime

from accounts.models import Clinic, Membership, User
from audit.actions import audited
from common.dates import local_day
from patients import rules
from patients.models import Patient, Task, TaskKind


@audited("task.added")
def add(
    clinic: Clinic,
    *,
    text: str,
    kind: str = TaskKind.OTHER,
    patient: Patient | None = None,
    due_at: datetime | None = None,
    due_on: date | None = None,
    role: str = "",
    person: Membership | None = None,
    url: str = "",
    is_red: bool = False,
    reason_key: str = "",
    by: User,
    at: datetime,
) -> Task:
    """Put something on the worklist; a task with a reason that is already open there is not put twice."""
    day = due_on or (local_day(due_at, clinic.time_zone) if due_at else None)
    values = {
        "kind": kind,
        "patient": patient,
        "text": text[:500],
        "due_on": day,
        "role": role,
        "assignee": person,
        "link": url[:300],
        "is_red": is_red,
        "created_at": at,
        "created_by": by,
    }
    if not reason_key:
        return Task.objects.create(clinic=clinic, **values)
    task, _created = Task.objects.get_or_create(
        clinic=clinic, reason_key=reason_key, done_at__isnull=True, defaults=values
    )
    return task


@audited("task.done")
def done(task: Task, *, outcome: str = "", by: User, at: datetime) -> Task:
    """Tick a task off the worklist."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    rules.tasks.finish.check(by, task)
    task.done_at, task.done_by, task.outcome = at, by, outcome[:500]
    task.save(update_fields=["done_at", "done_by", "outcome"])
    return task


@audited("task.reopened")
def reopen(task: Task, *, by: User, at: datetime) -> Task:
    """Put a task back on the worklist that was ticked by mistake."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    twin = bool(task.reason_key) and task.clinic.tasks.open().filter(reason_key=task.reason_key).exists()
    rules.tasks.reopen.check(by, task, twin=twin)
    task.done_at = task.done_by = None
    task.outcome = ""
    task.save(update_fields=["done_at", "done_by", "outcome"])
    return task
