"""People whose files come from another system: opened many at a time, corrected, and taken out of use again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actions import counters
from accounts.models import User
from common.dates import local_day
from common.refused import Refused
from patients.actions import patients, statements, tasks
from patients.imports import duplicates, files
from patients.imports.fields import PATIENT_FIELDS, Reading, meaning_of_m
from patients.imports.sorts import Sort
from patients.models import (
    Decision,
    ImportBatch,
    ImportRow,
    Patient,
    PatientKey,
    RowState,
    Sex,
    Statement,
    StatementSource,
    StatementState,
    Task,
    TaskKind,
)

CONTACT = ("phone", "email", "address_line_1", "address_line_2", "postal_code", "city", "region", "country")
PLAIN = ("given_name", "family_name", "preferred_name", "national_number", *CONTACT)
SETTLE = """
UPDATE patients_importrow r SET state = v.state, patient_id = v.patient, problem = v.problem, revision = v.revision,
    likeness = v.likeness
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::int[], %s::text[])
    AS v(id, state, patient, problem, revision, likeness)
WHERE r.id = v.id
"""


def reading_of(batch: ImportBatch, at: datetime) -> Reading:
    """Give what must be known to read the file: among it whether M in its column of sexes stands for a woman."""
    clinic = batch.clinic
    return Reading(
        region=batch.phone_region or None,
        language=clinic.language,
        day_first=batch.day_first,
        today=local_day(at, clinic.time_zone),
        m_means=meaning_of_m(_column(batch, "sex")) if "sex" in batch.mapping else Sex.UNKNOWN,
    )


def _column(batch: ImportBatch, name: str) -> Iterable[str]:
    place = batch.mapping[name]
    with batch.file.open("rb") as stream:
        return {row[place] for _line, row in files.rows(stream, files.Format(**batch.format)) if place < len(row)}


def judge(batch: ImportBatch, row: ImportRow, problems: list[str], reading: Reading) -> None:
    """Say whether somebody can be registered from what a row says."""
    if not row.cleaned.get("given_name") and not row.cleaned.get("family_name"):
        problems = [*problems, _("There is no name.")]
    row.state = RowState.INVALID if problems else RowState.NEW
    row.problem = " ".join(problems)[:1000]


def mark(batch: ImportBatch) -> None:
    """Mark who is registered already, and who stands in the file twice."""
    duplicates.mark(batch)
    duplicates.mark_twice(batch)


def write(batch: ImportBatch, rows: Sequence[ImportRow], *, by: User, at: datetime) -> None:
    """Open files for those who are new; for those who are here already do what was decided."""
    rows = _fresh(batch, rows)
    new: list[tuple[ImportRow, str]] = []
    known: list[tuple[ImportRow, str]] = []
    for row in rows:
        decision = Decision.CREATE if row.state == RowState.NEW else row.decision or batch.duplicates
        (new if decision == Decision.CREATE else known).append((row, decision))
    _open(batch, [row for row, _decision in new], by=by, at=at)
    for row, decision in known:
        _treat(row, decision, by=by, at=at)
    settle(rows)


def _fresh(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Look again at who was registered since the check; whom the import itself registered does not count."""
    if any(row.state == RowState.NEW for row in rows):
        mine = batch.rows.filter(state=RowState.CREATED).values("patient")
        newer = batch.clinic.patients.live().filter(pk__gt=batch.newest_patient).exclude(pk__in=mine)
        if since := list(newer.values_list("pk", flat=True)):
            duplicates.mark(batch, among=since, first=rows[0].line, last=rows[-1].line)
    return list(ImportRow.objects.filter(pk__in=[row.pk for row in rows]).select_related("patient").in_order())


def _open(batch: ImportBatch, rows: Sequence[ImportRow], *, by: User, at: datetime) -> None:
    if not rows:
        return
    clinic = batch.clinic
    first = counters.take_many(clinic, "patient", len(rows))
    people = [
        Patient(
            clinic=clinic,
            number=f"P-{first + place:06d}",
            former_numbers=[number] if (number := row.cleaned.get("old_number")) else [],
            born_on=row.cleaned["born_on"],
            sex=row.cleaned.get("sex", Sex.UNKNOWN),
            language=row.cleaned.get("language", clinic.language),
            registered_by=by,
            registered_at=at,
            **{name: row.cleaned.get(name, "") for name in PLAIN},
        )
        for place, row in enumerate(rows)
    ]
    Patient.objects.bulk_create(people)
    for row, patient in zip(rows, people, strict=True):
        row.state, row.patient, row.revision = RowState.CREATED, patient, patient.revision
        _state(patient, row, at=at)


def _state(patient: Patient, row: ImportRow, *, at: datetime) -> None:
    """Write down what the file says about somebody's health; it waits for a clinician, as all that nobody saw."""
    by = User.objects.system()
    for text in row.cleaned.get("allergies", ()):
        statements.state_allergy(patient, text, by=by, at=at)
    for text in row.cleaned.get("conditions", ()):
        statements.state_condition(patient, text, by=by, at=at)
    for text in row.cleaned.get("medicines", ()):
        statements.state_medicine(patient, text, by=by, at=at)


def _treat(row: ImportRow, decision: str, *, by: User, at: datetime) -> None:
    """Leave somebody out who is here already, or bring the contact details of their file up to date."""
    row.state = RowState.SKIPPED
    if decision != Decision.UPDATE or row.patient is None:
        return
    said = {name: row.cleaned[name] for name in CONTACT if row.cleaned.get(name)}
    before = {name: getattr(row.patient, name) for name in said}
    changed = {name: value for name, value in said.items() if value != before[name]}
    if not changed:
        return
    try:
        patient = patients.edit(row.patient, **changed, by=by, at=at)
    except Refused as refused:
        row.state, row.problem = RowState.FAILED, refused.detail[:1000]
        return
    row.state, row.revision = RowState.UPDATED, patient.revision
    row.before = {name: before[name] for name in changed}
    row.save(update_fields=["before"])


def settle(rows: Sequence[ImportRow]) -> None:
    """Write what became of many rows in one statement."""
    with connection.cursor() as cursor:
        columns = [
            (row.pk, str(row.state), row.patient_id, row.problem, row.revision, str(row.likeness)) for row in rows
        ]
        cursor.execute(SETTLE, [list(each) for each in zip(*columns, strict=True)])


def take_back(batch: ImportBatch, rows: Sequence[ImportRow], *, by: User, at: datetime) -> None:
    """Take files out of use that nobody has used since, and give back what an update replaced."""
    made = {row.patient_id: row for row in rows if row.state == RowState.CREATED and row.patient_id}
    found = (
        Patient.objects.select_for_update()
        .filter(pk__in=[row.patient_id for row in rows if row.patient_id])
        .order_by("pk")
    )
    people = {patient.pk: patient for patient in found}
    uses = uses_of(list(made))
    unused = []
    for pk, row in made.items():
        row.problem = _why_kept(people[pk], row, uses.get(pk, []))
        row.state = RowState.KEPT if row.problem else RowState.UNDONE
        if not row.problem:
            unused.append(pk)
    reason = _("The import “%(title)s” was undone.") % {"title": batch.title}
    withdrawn = Patient.objects.filter(pk__in=unused)
    withdrawn.update(entered_in_error=True, error_reason=reason[:300], revision=F("revision") + 1)
    _tick_off(unused, reason=reason, by=by, at=at)
    for row in rows:
        if row.state == RowState.UPDATED and row.patient_id:
            _give_back(row, people[row.patient_id], by=by, at=at)
    settle(rows)


def _why_kept(patient: Patient, row: ImportRow, uses: list[str]) -> str:
    if uses:
        return _("Used since: %(things)s.") % {"things": ", ".join(sorted(set(uses)))[:900]}
    changed = patient.revision != row.revision or patient.merged_into_id is not None
    return _("The file was changed since.") if changed else ""


def _give_back(row: ImportRow, patient: Patient, *, by: User, at: datetime) -> None:
    if patient.revision != row.revision:
        row.state, row.problem = RowState.KEPT, _("The file was changed since.")
        return
    try:
        patients.edit(patient, **row.before, by=by, at=at)
        row.state = RowState.UNDONE
    except Refused as refused:
        row.state, row.problem = RowState.KEPT, refused.detail[:1000]


def _tick_off(pks: Sequence[int], *, reason: str, by: User, at: datetime) -> None:
    """Nobody has to review any more what was said about people whose files are out of use."""
    for task in Task.objects.open().filter(patient__in=pks, kind=TaskKind.REVIEW_STATEMENT):
        tasks.done(task, outcome=reason, by=by, at=at)


def _added(model: Any, rows: Any) -> Any:
    """Leave out what the import itself has written, as long as nobody has looked at it."""
    if issubclass(model, Statement):
        return rows.exclude(source=StatementSource.IMPORTED, state=StatementState.UNREVIEWED)
    if model is Task:
        return rows.exclude(kind=TaskKind.REVIEW_STATEMENT, done_at__isnull=True)
    return rows


def uses_of(pks: Sequence[int]) -> dict[int, list[str]]:
    """Say, for each of these files, in which tables something was written about it; read from the tables' own keys."""
    found: dict[int, list[str]] = {}
    for relation in Patient._meta.related_objects:
        key: Any = relation.field
        if isinstance(key, PatientKey) and key.model is not ImportRow:
            rows = _added(key.model, key.model._base_manager.filter(**{f"{key.attname}__in": pks}))
            for pk in rows.values_list(key.attname, flat=True).distinct():
                found.setdefault(pk, []).append(str(key.model._meta.verbose_name_plural))
    return found


SORT = Sort(
    fields=PATIENT_FIELDS,
    reading=reading_of,
    judge=judge,
    mark=mark,
    write=write,
    take_back=take_back,
    at_once=1_000,
)
