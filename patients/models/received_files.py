import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.care import reached_by
from patients.models.keys import PatientKey


def received_path(instance: Any, filename: str) -> str:
    """Files lie under random keys: neither the name of the file nor that of the patient is in the path."""
    return f"received/{instance.clinic_id}/{secrets.token_hex(16)}"


class ReceivedFileKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    RESULT = "result", _("Test result")
    IDENTITY = "identity", _("Identity document")
    PICTURE = "picture", _("Picture")
    OTHER = "other", _("Other")


class ReceivedFileQuerySet(ClinicQuerySet):
    def standing(self) -> "ReceivedFileQuerySet":
        """Leave out what was entered in error."""
        return self.filter(entered_in_error=False)

    def visible_to(self, user: Any, at: datetime | None = None) -> "ReceivedFileQuerySet":
        """Keep the papers of the patients whom this person reaches."""
        return self.filter(reached_by(user, at or timezone.now(), wide=True))

    def latest_first(self) -> "ReceivedFileQuerySet":
        """Order by the moment they came in, newest first, with who put them into the chart."""
        return self.select_related("patient", "received_by").order_by("-received_at", "-id")


class ReceivedFile(models.Model):
    """A paper or picture about a patient that came from outside and is kept in the chart."""

    clinic = ClinicKey("received_files")
    patient = PatientKey(related_name="received_files")
    kind = models.CharField(_("kind"), max_length=10, choices=ReceivedFileKind, default=ReceivedFileKind.OTHER)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(upload_to=received_path, max_length=200)
    file_sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    dated_on = models.DateField(_("date on the paper"), null=True, blank=True)
    received_at = models.DateTimeField()
    received_by = UserKey()
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)

    objects = ReceivedFileQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("title", "file"))

    class Meta:
        verbose_name, verbose_name_plural = _("received paper"), _("received papers")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("kind", ReceivedFileKind),
            not_blank("title"),
            models.CheckConstraint(
                condition=models.Q(entered_in_error=False) | ~models.Q(error_reason=""),
                name="received_file_error_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-received_at"], name="received_file_by_patient")]

    def __str__(self) -> str:
        return self.title
