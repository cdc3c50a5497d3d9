import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from documents.models.templates import DocumentKind
from patients.models import PatientKey, reached_by


def document_path(instance: Any, filename: str) -> str:
    """Files lie under random keys: neither the number of the document nor the patient is in the path."""
    return f"documents/{instance.clinic_id}/{secrets.token_hex(16)}.pdf"


class DocumentState(models.TextChoices):
    ISSUED = "issued", _("Issued")
    SEALED = "sealed", _("Sealed")
    FAILED = "failed", _("Could not be made")


DOCUMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    DocumentState.ISSUED: frozenset({DocumentState.SEALED, DocumentState.FAILED}),
    DocumentState.FAILED: frozenset({DocumentState.ISSUED, DocumentState.SEALED}),
    DocumentState.SEALED: frozenset(),
}


class DocumentQuerySet(ClinicQuerySet):
    def to_render(self, at: datetime, *, attempts: int, stale_before: datetime) -> "DocumentQuerySet":
        """Keep the papers whose file is still to be made: never claimed, or claimed by somebody who fell silent."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=stale_before)
        return self.filter(free, state=DocumentState.ISSUED, attempts__lt=attempts, render_after__lte=at)

    def sealed(self) -> "DocumentQuerySet":
        """Keep the papers whose file is made and sealed."""
        return self.filter(state=DocumentState.SEALED)

    def failed(self) -> "DocumentQuerySet":
        """Keep the papers that could not be made; staff tries again."""
        return self.filter(state=DocumentState.FAILED)

    def latest_first(self) -> "DocumentQuerySet":
        """Order by the moment of issue, newest first."""
        return self.order_by("-issued_at", "-id")

    def visible_to(self, user: Any, at: datetime | None = None) -> "DocumentQuerySet":
        """Keep the papers of the patients whom this person reaches."""
        return self.filter(reached_by(user, at or timezone.now(), wide=True))

    def in_portal(self) -> "DocumentQuerySet":
        """Keep what the patient may read in the portal."""
        return self.filter(released_at__isnull=False)


class Document(models.Model):
    """A paper that was issued: its template version and payload are frozen then, its file is written once."""

    clinic = ClinicKey("documents")
    number = models.CharField(_("number"), max_length=20)
    kind = models.CharField(_("kind"), max_length=15, choices=DocumentKind)
    patient = PatientKey(related_name="documents", null=True, blank=True)
    template_version = models.ForeignKey("documents.TemplateVersion", models.PROTECT, related_name="documents")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    payload = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.ISSUED)
    file = models.FileField(upload_to=document_path, max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, null=True, blank=True)
    issued_at = models.DateTimeField()
    issued_by = UserKey()
    render_after = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = UserKey(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("title", "payload", "file"))

    class Meta:
        verbose_name, verbose_name_plural = _("document"), _("documents")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("template_version"),
            one_of("kind", DocumentKind),
            one_of("state", DocumentState),
            paired("released_at", "released_by"),
            models.UniqueConstraint(fields=["clinic", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=(
                    Q(state=DocumentState.SEALED) & ~Q(file="") & Q(file_sha256__isnull=False, sealed_at__isnull=False)
                )
                | (~Q(state=DocumentState.SEALED) & Q(file="", file_sha256__isnull=True, sealed_at__isnull=True)),
                name="document_sealed_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["render_after"], condition=Q(state=DocumentState.ISSUED), name="document_to_render"),
            models.Index(fields=["clinic", "patient", "-issued_at"], name="document_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class SignatureRole(models.TextChoices):
    PATIENT = "patient", _("Patient")
    REPRESENTATIVE = "representative", _("Representative")
    PRACTITIONER = "practitioner", _("Practitioner")
    WITNESS = "witness", _("Witness")
    INTERPRETER = "interpreter", _("Interpreter")


class Signature(models.Model):
    """Somebody signed an issued document, on a screen, and it says which hash was shown; it is never changed."""

    clinic = ClinicKey("signatures")
    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=15, choices=SignatureRole)
    strokes = models.JSONField()
    shown_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=200)
    witnessed_by = UserKey(null=True, blank=True)
    at = models.DateTimeField()
    by = UserKey()
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    nature = Nature(Retention.RECORD, personal=("strokes", "signer_name", "ip", "user_agent"), append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("document"),
            one_of("role", SignatureRole),
            models.UniqueConstraint(fields=["clinic", "document", "role"], name="signature_once_per_role"),
            models.CheckConstraint(condition=~Q(strokes=[]), name="signature_has_strokes"),
            models.CheckConstraint(condition=~Q(signer_name=""), name="signature_names_signer"),
        ]
