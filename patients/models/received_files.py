import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
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
    received_at = models.DateTimeField()
    received_by = UserKey()
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)

    nature = Nature(Retention.RECORD, personal=("title", "file"))

    class Meta:
        constraints = [owner_key(), SameOwner("patient"), one_of("kind", ReceivedFileKind)]
