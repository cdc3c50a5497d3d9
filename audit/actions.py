"""The only way that anything is written: one transaction, with its audit rows as the last statements."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction

from audit import chain as links
from audit.models import Event
from common.prepared import ask
from common.refused import refusal_of

HEAD = "SELECT seq, hash FROM audit_event WHERE chain = %(chain)s ORDER BY seq DESC LIMIT 1"
Action = TypeVar("Action", bound=Callable[..., Any])


@dataclass
class Draft:
    """An event that waits for the end of its transaction."""

    kind: str
    chain: int
    at: datetime
    actor_id: int | None
    subject_kind: str = ""
    subject_id: int | None = None
    patient_id: int | None = None
    fields: list[str] = field(default_factory=list)
    reason: str = ""


_waiting: ContextVar[list[Draft] | None] = ContextVar("audit_waiting", default=None)
_names: ContextVar[tuple[list[str], ...]] = ContextVar("audit_names", default=())


def audited(kind: str) -> Callable[[Action], Action]:
    """Make a function an action: the outermost one opens the transaction and writes all queued events last.

    The subject is the returned row, else the first argument; `by=`, `at=` and `reason=` are read from the call.
    """

    def decorate(action: Action) -> Action:
        @wraps(action)
        def run(*args: Any, **kwargs: Any) -> Any:
            waiting = _waiting.get()
            if waiting is not None:
                return _join(waiting, kind, action, args, kwargs)
            waiting = []
            token = _waiting.set(waiting)
            try:
                with transaction.atomic():
                    result = _join(waiting, kind, action, args, kwargs)
                    write(waiting)
                return result
            except IntegrityError as error:
                if refused := refusal_of(error):
                    raise refused from error
                raise
            finally:
                _waiting.reset(token)

        run.audited = kind  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def note_fields(names: Iterable[str]) -> None:
    """Add the names of changed fields to the event of the running action; never their values."""
    stack = _names.get()
    if stack:
        stack[-1].extend(name for name in names if name not in stack[-1])


def _join(waiting: list[Draft], kind: str, action: Any, args: Any, kwargs: Any) -> Any:
    mark = len(waiting)
    names: list[str] = []
    outer = _names.get()
    token = _names.set((*outer, names))
    try:
        with transaction.atomic(savepoint=bool(outer)):  # the outermost has a transaction of its own to fall back on
            result = action(*args, **kwargs)
        waiting.append(_draft(kind, result, args, kwargs, names))
        return result
    except BaseException:
        del waiting[mark:]
        raise
    finally:
        _names.reset(token)


def _draft(kind: str, result: Any, args: Any, kwargs: Any, names: list[str]) -> Draft:
    subject = (
        result if isinstance(result, models.Model) else next((a for a in args if isinstance(a, models.Model)), None)
    )
    by = kwargs.get("by")
    return Draft(
        kind=kind,
        chain=chain_of(subject, kwargs.get("clinic"), *args),
        at=kwargs["at"],
        actor_id=getattr(by, "pk", None),
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        patient_id=patient_of(subject, kwargs.get("patient"), *args),
        fields=list(names),
        reason=str(kwargs.get("reason") or "")[:2000],
    )


def chain_of(*things: Any) -> int:
    """Find the clinic whose chain an event belongs to; 0 where there is none."""
    for thing in things:
        if isinstance(thing, models.Model):
            if thing._meta.label == "accounts.Clinic":
                return int(thing.pk)
            owner = getattr(thing, "clinic_id", None)
            if owner:
                return int(owner)
    return 0


def patient_of(*things: Any) -> int | None:
    """Find the patient whose file an event concerns, if any."""
    for thing in things:
        if isinstance(thing, models.Model):
            if thing._meta.label == "patients.Patient":
                return int(thing.pk)
            patient = getattr(thing, "patient_id", None)
            if patient:
                return int(patient)
    return None


def write(drafts: list[Draft]) -> None:
    """Chain the waiting events at the end of their transaction, one clinic after the other."""
    for number in sorted({draft.chain for draft in drafts}):
        _extend(number, [draft for draft in drafts if draft.chain == number])


def _extend(number: int, drafts: list[Draft]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [7_421_000_000_000 + number])
    head = ask(HEAD, {"chain": number})
    seq, previous = head[0] if head else (0, links.GENESIS)
    rows = []
    for draft in drafts:
        seq += 1
        values = {**vars(draft), "seq": seq}
        digest = links.link(previous, values)
        rows.append(Event(**values, previous=previous, hash=digest))
        previous = digest
    Event.objects.bulk_create(rows)


def record(kind: str, *, clinic: Any = None, subject: Any = None, by: Any, at: datetime, **more: Any) -> None:
    """Write one event in its own transaction: for doors that tell of a view or a refusal after the fact."""
    draft = Draft(
        kind=kind,
        chain=chain_of(clinic, subject),
        at=at,
        actor_id=getattr(by, "pk", None),
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=getattr(subject, "pk", None),
        patient_id=patient_of(subject),
        **more,
    )
    with transaction.atomic():
        write([draft])


def chart_viewed(patient: Any, *, by: Any, at: datetime, page: str) -> None:
    """Tell that somebody opened a page of a patient's chart."""
    record("chart.viewed", subject=patient, by=by, at=at, fields=[page])


def denied(*, clinic: Any, by: Any, at: datetime, page: str, permission: str) -> None:
    """Tell that somebody was refused a page or an act."""
    record("access.denied", clinic=clinic, by=by, at=at, fields=[page], reason=permission)
