"""What was taken out of the house to be safe, and what was brought back."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.natures import Nature, Retention


class BackupQuerySet(models.QuerySet):
    """Attempts at a backup."""

    def good(self) -> "BackupQuerySet":
        """Keep those that were finished and checked."""
        return self.filter(ended_at__isnull=False, error="")

    def tried_since(self, moment: datetime) -> "BackupQuerySet":
        """Keep those that began at a moment or later, whatever came of them."""
        return self.filter(started_at__gte=moment)

    def newest_first(self) -> "BackupQuerySet":
        """Order by when they began, the last one first."""
        return self.order_by("-started_at", "-id")


class Backup(models.Model):
    """One attempt at taking a backup of the whole house; it covers every clinic in it."""

    started_at = models.DateTimeField(_("begun"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    folder = models.CharField(_("folder"), max_length=500)
    bytes = models.BigIntegerField(_("size"), default=0)
    row_count = models.BigIntegerField(_("rows"), default=0)
    file_count = models.BigIntegerField(_("files"), default=0)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(_("what went wrong"), max_length=500, blank=True)

    objects = BackupQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        verbose_name, verbose_name_plural = _("backup"), _("backups")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(error="") | ~Q(manifest_sha256=""),
                name="accounts_backup_good_is_sealed",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="accounts_backup_newest")]

    def __str__(self) -> str:
        return self.folder

    @property
    def is_good(self) -> bool:
        """Say whether it was finished and checked."""
        return self.ended_at is not None and not self.error


class RestorationQuerySet(models.QuerySet):
    """The times that this house was brought back."""

    def newest(self) -> "Restoration | None":
        """Give the last one; most houses have none."""
        last: Restoration | None = self.order_by("-restored_at", "-id").first()
        return last


class Restoration(models.Model):
    """That this house was brought back from a backup: what was due before then is never sent by itself."""

    taken_at = models.DateTimeField(_("backup of"))
    restored_at = models.DateTimeField(_("brought back"))
    is_rehearsal = models.BooleanField(default=False)
    manifest_sha256 = models.CharField(max_length=64)

    objects = RestorationQuerySet.as_manager()
    nature = Nature(Retention.LEDGER, append_only=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(restored_at__gte=models.F("taken_at")), name="accounts_restoration_after_backup"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"
