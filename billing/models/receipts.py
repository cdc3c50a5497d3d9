from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import between
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class ReceiptKind(models.TextChoices):
    RECEIPT = "receipt", _("Receipt")
    CREDIT_NOTE = "credit_note", _("Credit note")


PREFIXES = {ReceiptKind.RECEIPT: "R", ReceiptKind.CREDIT_NOTE: "CN"}


class ReceiptQuerySet(ClinicQuerySet):
    def receipts(self) -> "ReceiptQuerySet":
        """Keep the receipts for money that came in."""
        return self.filter(kind=ReceiptKind.RECEIPT)

    def credit_notes(self) -> "ReceiptQuerySet":
        """Keep the papers that correct a receipt."""
        return self.filter(kind=ReceiptKind.CREDIT_NOTE)

    def with_paper(self) -> "ReceiptQuerySet":
        """Bring along what the page of a receipt shows."""
        return self.select_related(
            "patient", "payment__by", "plan", "corrects", "issued_by", "document__template_version"
        )


class Receipt(models.Model):
    """A numbered receipt for a payment, or the credit note that corrects one; never changed, never deleted.

    The numbers of a clinic, kind and year have no gap: the counter is locked, and the table refuses one that leaps.
    """

    clinic = ClinicKey("receipts")
    kind = models.CharField(max_length=12, choices=ReceiptKind)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=20)
    patient = PatientKey(related_name="receipts")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, null=True, blank=True, related_name="receipts")
    payment = models.OneToOneField("billing.Payment", models.PROTECT, related_name="receipt")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="credit_notes")
    lines = models.JSONField()
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    net = models.DecimalField(max_digits=12, decimal_places=2)
    tax = models.DecimalField(max_digits=12, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    terms = models.ForeignKey("accounts.Policy", models.PROTECT, related_name="receipts")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="receipt")
    reason = models.CharField(_("why"), max_length=500, blank=True)
    issued_at = models.DateTimeField()
    issued_by = UserKey()

    objects = ReceiptQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("lines", "reason"), append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("receipt"), _("receipts")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("plan"),
            SameOwner("payment"),
            SameOwner("corrects"),
            SameOwner("terms"),
            SameOwner("document"),
            one_of("kind", ReceiptKind),
            between("tax_rate", 0, 100),
            models.UniqueConstraint(fields=["clinic", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["clinic", "kind", "year", "serial"], name="receipt_serial_once"),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="receipt_adds_up"),
            models.CheckConstraint(
                condition=Q(kind=ReceiptKind.RECEIPT, corrects__isnull=True, total__gt=0)
                | (Q(kind=ReceiptKind.CREDIT_NOTE, corrects__isnull=False, total__lt=0) & ~Q(reason="")),
                name="receipt_or_correction",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-issued_at"], name="receipt_by_patient")]

    def __str__(self) -> str:
        return self.number
