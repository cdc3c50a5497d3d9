import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import CLEAR, STAY, PatientKey


def import_path(instance: Any, filename: str) -> str:
    """Files that wait to be read lie under random keys, without their own name."""
    return f"imports/{instance.clinic_id}/{secrets.token_hex(16)}"


class ImportSubject(models.TextChoices):
    PATIENTS = "patients", _("Patients")
    VISITS = "visits", _("Booked visits")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to be named")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready to be looked at")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Could not be read")
    DROPPED = "dropped", _("Dropped")


_S = ImportState
IMPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.UPLOADED: frozenset({_S.CHECKING, _S.DROPPED}),
    _S.CHECKING: frozenset({_S.CHECKED, _S.FAILED}),
    _S.CHECKED: frozenset({_S.CHECKING, _S.RUNNING, _S.DROPPED}),
    _S.RUNNING: frozenset({_S.DONE}),
    _S.DONE: frozenset({_S.UNDOING}),
    _S.UNDOING: frozenset({_S.UNDONE}),
    _S.UNDONE: frozenset(),
    _S.FAILED: frozenset({_S.DROPPED}),
    _S.DROPPED: frozenset(),
}
AT_WORK = (_S.CHECKING, _S.RUNNING, _S.UNDOING)
WRITING = (_S.RUNNING, _S.UNDOING)


class Decision(models.TextChoices):
    SKIP = "skip", _("Leave out")
    UPDATE = "update", _("Update the contact details")
    CREATE = "create", _("Open a new file")


class RowState(models.TextChoices):
    NEW = "new", _("New")
    DUPLICATE = "duplicate", _("Here already")
    INVALID = "invalid", _("Wrong")
    CREATED = "created", _("Taken in")
    UPDATED = "updated", _("Contact details updated")
    SKIPPED = "skipped", _("Left out")
    FAILED = "failed", _("Refused")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Kept, used since")


class Likeness(models.TextChoices):
    SAME_PERSON = "same_person", _("Same name and date of birth")
    LIKE_NAME = "like_name", _("Same date of birth and a similar name")
    SAME_PHONE = "same_phone", _("Same telephone number")
    SAME_EMAIL = "same_email", _("Same e-mail address")
    SAME_NUMBER = "same_number", _("Same number in the old system")
    SAME_LINE = "same_line", _("Twice in this file")
    SAME_VISIT = "same_visit", _("This visit is booked already")


class ImportBatchQuerySet(ClinicQuerySet):
    def at_work(self) -> "ImportBatchQuerySet":
        """Keep those on which a worker has something to do."""
        return self.filter(state__in=AT_WORK)

    def latest_first(self) -> "ImportBatchQuerySet":
        """Order by the moment they were sent, newest first, with who sent them."""
        return self.select_related("uploaded_by").order_by("-uploaded_at", "-pk")

    def stale(self, before: datetime) -> "ImportBatchQuerySet":
        """Keep those that rest since a moment and whose rows are still there."""
        return self.exclude(state__in=AT_WORK).filter(uploaded_at__lt=before, purged_at__isnull=True)


class ImportBatch(models.Model):
    """A file from another system that is taken in: what its columns mean, what was found in it, how far it has come."""

    clinic = ClinicKey("imports")
    subject = models.CharField(_("what it holds"), max_length=10, choices=ImportSubject)
    title = models.CharField(_("name of the file"), max_length=200)
    file = models.FileField(upload_to=import_path, max_length=200, blank=True)
    format = models.JSONField(default=dict)  # how the file is written: workbook or text, encoding, separator
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # field -> column
    day_first = models.BooleanField(_("days stand before months"), default=True)
    phone_region = models.CharField(_("country of telephone numbers without a prefix"), max_length=2, blank=True)
    outside_hours = models.BooleanField(_("book outside working hours as well"), default=False)
    announce = models.CharField(_("what patients are sent"), max_length=10, default="reminders")
    duplicates = models.CharField(_("who is here already"), max_length=10, choices=Decision, default=Decision.SKIP)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    failure = models.CharField(max_length=500, blank=True)
    lines_read = models.PositiveIntegerField(default=0)
    newest_patient = models.BigIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = UserKey()
    checked_at = models.DateTimeField(null=True, blank=True)
    run_at = models.DateTimeField(null=True, blank=True)
    run_by = UserKey(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = UserKey(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()
    nature = Nature(Retention.LEDGER, personal=("title", "file"))

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        constraints = [
            owner_key(),
            one_of("subject", ImportSubject),
            one_of("state", ImportState),
            one_of("duplicates", Decision),
            paired("run_at", "run_by"),
            paired("undone_at", "undone_by"),
            models.UniqueConstraint(
                fields=["clinic"], condition=Q(state__in=WRITING), name="import_batch_writes_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has something to do on it."""
        return self.state in AT_WORK

    @property
    def of_patients(self) -> bool:
        return self.subject == ImportSubject.PATIENTS


class ImportRowQuerySet(ClinicQuerySet):
    def pending(self) -> "ImportRowQuerySet":
        """Keep what a run has still to settle."""
        return self.filter(state__in=(RowState.NEW, RowState.DUPLICATE))

    def made(self) -> "ImportRowQuerySet":
        """Keep what a run has written into the clinic's own tables."""
        return self.filter(state__in=(RowState.CREATED, RowState.UPDATED))

    def wrong(self) -> "ImportRowQuerySet":
        """Keep what could not be taken in."""
        return self.filter(state__in=(RowState.INVALID, RowState.FAILED))

    def alike(self) -> "ImportRowQuerySet":
        """Keep what was found to be here already, with the file it is like."""
        return self.filter(state=RowState.DUPLICATE).select_related("patient")

    def counts(self) -> dict[str, int]:
        """Count the rows by their state; every state has a figure."""
        found = dict(self.values_list("state").annotate(n=Count("pk")))
        return {state.value: found.get(state.value, 0) for state in RowState}

    def in_order(self) -> "ImportRowQuerySet":
        """Order as they stand in the file."""
        return self.order_by("line")


class ImportRow(models.Model):
    """One line of a file that is taken in: what it says, what was made of it, and what of it can be taken back."""

    clinic = ClinicKey("import_rows")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    cleaned = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RowState)
    problem = models.CharField(max_length=1000, blank=True)
    likeness = models.CharField(max_length=12, choices=Likeness, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    twin_line = models.PositiveIntegerField(null=True, blank=True)
    patient = PatientKey(related_name="import_rows", on_merge=STAY, on_erase=CLEAR, null=True, blank=True)
    before = models.JSONField(default=dict)  # what an update has replaced
    revision = models.PositiveIntegerField(null=True, blank=True)  # of the file, after what was written
    made_id = models.BigIntegerField(null=True, blank=True)  # the visit that was booked

    objects = ImportRowQuerySet.as_manager()
    nature = Nature(Retention.PASSING, personal=("cells", "cleaned", "before", "problem"))

    class Meta:
        verbose_name, verbose_name_plural = _("line of an import"), _("lines of an import")
        constraints = [
            owner_key(),
            SameOwner("batch"),
            SameOwner("patient"),
            one_of("state", RowState),
            models.UniqueConstraint(fields=["clinic", "batch", "line"], name="import_row_line_once"),
            models.CheckConstraint(
                condition=~Q(state__in=(RowState.INVALID, RowState.FAILED, RowState.KEPT)) | ~Q(problem=""),
                name="import_row_says_what_is_wrong",
            ),
            models.CheckConstraint(
                condition=Q(twin_line__isnull=True) | Q(twin_line__lt=F("line")), name="import_row_twin_stands_before"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "batch", "state", "line"], name="import_row_by_state")]
