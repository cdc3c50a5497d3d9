"""What happened: one append-only row per event, each chained to the one before it."""

from typing import Any

from django.db import models

from common.natures import Nature, Retention


class EventQuerySet(models.QuerySet):
    """Events of the audit trail."""

    def about(self, subject: models.Model) -> "EventQuerySet":
        """Keep what happened to one thing."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)

    def of_patient(self, patient: models.Model) -> "EventQuerySet":
        """Keep what concerns one patient's file: who saw it, who changed it."""
        return self.filter(patient_id=patient.pk)

    def in_chain(self, chain: int) -> "EventQuerySet":
        """Keep one clinic's chain, in order (0 is the chain of events without a clinic)."""
        return self.filter(chain=chain).order_by("seq")

    def kinds(self) -> list[str]:
        """List the kinds in the order in which they happened."""
        return list(self.order_by("seq").values_list("kind", flat=True))


class Event(models.Model):
    """Something that was done, seen or refused: ids, kinds, field names and reasons, never values."""

    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    fields = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    nature = Nature(Retention.LEDGER, append_only=True)

    objects: Any = EventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_one_per_place")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_event_subject"),
            models.Index(fields=["chain", "patient_id"], name="audit_event_patient"),
            models.Index(fields=["chain", "at"], name="audit_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.seq}"
