"""When a file may be taken in, and when what was taken in may be taken back."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from patients.imports.fields import Field
from patients.models import IMPORT_TRANSITIONS, Decision, ImportBatch, ImportRow, ImportState, RowState

Clauses = Iterator[tuple[bool, Refusal]]


def _moment(batch: ImportBatch, becomes: str, sentence: str) -> tuple[bool, Refusal]:
    return becomes in IMPORT_TRANSITIONS[batch.state], Refusal("wrong_state", sentence)


@rule
def name_columns(user: Any, batch: ImportBatch, *, mapping: Mapping[str, int], fields: Iterable[Field]) -> Clauses:
    """The columns of a file are named before anything of it is in the clinic's tables, each at most once."""
    fields = list(fields)
    yield _moment(batch, ImportState.CHECKING, _("The columns of this file cannot be changed any more."))
    for each in fields:
        if each.required:
            missing = _("Say which column holds: %(field)s.") % {"field": each.label}
            yield each.name in mapping, Refusal("column_missing", missing)
    if batch.of_patients:
        named = "given_name" in mapping or "family_name" in mapping
        yield named, Refusal("column_missing", _("Say which column holds the names."))
    known = {each.name for each in fields}
    fits = all(name in known and 0 <= place < len(batch.header) for name, place in mapping.items())
    yield fits, Refusal("column_unknown", _("A column was named that this file does not have."))
    yield (
        len(set(mapping.values())) == len(mapping),
        Refusal("column_twice", _("One column was given two meanings. Choose one of them.")),
    )


@rule
def decide(user: Any, row: ImportRow, *, decision: str) -> Clauses:
    """What becomes of somebody who is here already is decided before the import runs."""
    yield (
        row.batch.state == ImportState.CHECKED and row.state == RowState.DUPLICATE,
        Refusal("wrong_state", _("This line is not waiting for a decision.")),
    )
    yield _fits(row.batch, decision)


def _fits(batch: ImportBatch, decision: str) -> tuple[bool, Refusal]:
    sentence = _("A visit that is booked already can only be left out.")
    return batch.of_patients or decision in ("", Decision.SKIP), Refusal("wrong_state", sentence)


@rule
def run(user: Any, batch: ImportBatch, *, duplicates: str) -> Clauses:
    """A file is taken in once, after it was checked, one file of a clinic at a time."""
    yield _moment(batch, ImportState.RUNNING, _("This file is not ready to be taken in."))
    yield _fits(batch, duplicates)
    yield (
        batch.rows.pending().exists(),
        Refusal("nothing_to_import", _("There is no line in this file that can be taken in.")),
    )
    yield _alone(batch)


def _alone(batch: ImportBatch) -> tuple[bool, Refusal]:
    others = batch.clinic.imports.filter(state__in=(ImportState.RUNNING, ImportState.UNDOING)).exclude(pk=batch.pk)
    return not others.exists(), Refusal("busy", _("Another import is under way. Wait until it is done."))


@rule
def undo(user: Any, batch: ImportBatch, *, reason: str) -> Clauses:
    """What a file brought in can be taken back while it is still known what that was."""
    yield _moment(batch, ImportState.UNDOING, _("There is nothing to undo here."))
    yield (
        batch.purged_at is None,
        Refusal("too_late", _("After 30 days the lines of an import are forgotten; it cannot be undone any more.")),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the import is undone."))
    yield _alone(batch)


@rule
def drop(user: Any, batch: ImportBatch) -> Clauses:
    """A file is thrown away while nothing of it was taken in."""
    yield _moment(batch, ImportState.DROPPED, _("This file was taken in; it can only be undone."))
