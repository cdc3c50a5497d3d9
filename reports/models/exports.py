from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be written")
    CANCELLED = "cancelled", _("Cancelled")
    DROPPED = "dropped", _("No longer kept")


_S = ExportState
EXPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.WAITING: frozenset({_S.RUNNING, _S.CANCELLED, _S.FAILED}),
    _S.RUNNING: frozenset({_S.READY, _S.WAITING, _S.FAILED, _S.CANCELLED}),
    _S.READY: frozenset({_S.DROPPED}),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.DROPPED: frozenset(),
}
SETTLED = (ExportState.READY, ExportState.FAILED)


class ExportQuerySet(ClinicQuerySet):
    """Files that somebody asked for."""

    def of(self, user: Any) -> "ExportQuerySet":
        """Keep what this person asked for: nobody else has a use for it."""
        return self.filter(asked_by=user)

    def to_write(self, stale_before: datetime) -> "ExportQuerySet":
        """Keep what waits, and what a worker began and fell silent over, oldest first."""
        silent = Q(state=ExportState.RUNNING, claimed_at__lt=stale_before)
        return self.filter(Q(state=ExportState.WAITING) | silent).order_by("asked_at", "pk")

    def running(self, stale_before: datetime) -> "ExportQuerySet":
        """Keep what a worker writes right now."""
        return self.filter(state=ExportState.RUNNING, claimed_at__gte=stale_before)

    def unseen(self) -> "ExportQuerySet":
        """Keep what is settled and was not looked at since."""
        return self.filter(state__in=SETTLED, seen_at__isnull=True)

    def past(self, at: datetime) -> "ExportQuerySet":
        """Keep the files whose days are over."""
        return self.filter(state=ExportState.READY, keep_until__lt=at)

    def newest_first(self) -> "ExportQuerySet":
        """Order by when they were asked for, the last one first."""
        return self.order_by("-asked_at", "-pk")


class Export(models.Model):
    """A file of figures that is written outside the request: what was asked, how far it is, and where it lies."""

    clinic = ClinicKey("exports")
    report = models.CharField(max_length=40)
    form = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    filters = models.JSONField(default=dict, blank=True)
    is_own = models.BooleanField(default=False)
    approval = models.ForeignKey("accounts.Approval", models.PROTECT, null=True, blank=True, related_name="exports")
    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.WAITING)
    line_count = models.BigIntegerField(_("lines"), null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = UserKey()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateTimeField(null=True, blank=True)
    file = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(_("size"), default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = ExportQuerySet.as_manager()
    nature = Nature(Retention.PASSING)

    class Meta:
        verbose_name, verbose_name_plural = _("file of figures"), _("files of figures")
        constraints = [
            owner_key(),
            SameOwner("approval"),
            one_of("state", ExportState),
            not_blank("report"),
            at_least("bytes", 0),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY)
                | (~Q(file="") & ~Q(file_sha256="") & Q(keep_until__isnull=False, settled_at__isnull=False)),
                name="export_ready_has_its_file",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.RUNNING) | Q(claimed_at__isnull=False), name="export_running_is_claimed"
            ),
            models.UniqueConstraint(
                fields=["clinic", "approval"],
                condition=Q(approval__isnull=False),
                name="export_of_an_approval_once",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "asked_by", "-asked_at"], name="export_by_person"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=[ExportState.WAITING, ExportState.RUNNING, ExportState.READY]),
                name="export_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}.{self.form}"

    @property
    def is_under_way(self) -> bool:
        """Say whether it still waits or is being written."""
        return self.state in (ExportState.WAITING, ExportState.RUNNING)
