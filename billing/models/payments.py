from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class Method(models.TextChoices):
    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")


class PaymentQuerySet(ClinicQuerySet):
    def takings(self, day_from: date, day_to: date) -> "PaymentQuerySet":
        """Keep what came in and what was given back on these days, both included."""
        return self.filter(received_on__range=(day_from, day_to))

    def in_cash(self) -> "PaymentQuerySet":
        """Keep what went through the till."""
        return self.filter(method=Method.CASH)

    def sum(self) -> Any:
        """Give the sum: what was given back counts below zero."""
        return self.aggregate(sum=Sum("amount", default=0))["sum"]

    def by_person_and_method(self) -> "PaymentQuerySet":
        """Sum up by who took the money and how it was paid."""
        groups = self.order_by().values("by", "by__display_name", "method")
        return groups.annotate(total=Sum("amount"), count=Count("pk"))

    def with_list(self) -> "PaymentQuerySet":
        """Bring along what one line of a list shows."""
        return self.select_related("patient", "plan", "by", "receipt", "refund_of__receipt")

    def latest_first(self) -> "PaymentQuerySet":
        """Order by the day of the money, newest first."""
        return self.order_by("-received_on", "-pk")


class Payment(models.Model):
    """Money that a patient paid, or (below zero) got back; a row is never changed, it is given back by another row."""

    clinic = ClinicKey("payments")
    patient = PatientKey(related_name="payments")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, null=True, blank=True, related_name="payments")
    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, null=True, blank=True, related_name="payments"
    )
    refund_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refunds")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    method = models.CharField(_("paid by"), max_length=10, choices=Method)
    received_on = models.DateField(_("day"))
    text = models.CharField(_("for what"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField()
    by = UserKey()

    objects = PaymentQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("text", "note"), append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("payment"), _("payments")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("plan"),
            SameOwner("appointment"),
            SameOwner("refund_of"),
            one_of("method", Method),
            models.CheckConstraint(
                condition=Q(refund_of__isnull=True, amount__gt=0) | Q(refund_of__isnull=False, amount__lt=0),
                name="payment_in_or_back",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "received_on"], name="payment_by_day"),
            models.Index(fields=["clinic", "patient", "-received_on"], name="payment_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}, {self.received_on}"

    @property
    def is_refund(self) -> bool:
        return self.refund_of_id is not None
