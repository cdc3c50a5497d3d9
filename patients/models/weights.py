from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import between
from common.history import tracked
from common.natures import Nature, Retention
from patients.models.keys import PatientKey
from patients.models.statements import Statement, StatementQuerySet


class WeightQuerySet(StatementQuerySet):
    def latest_first(self) -> "WeightQuerySet":
        """Order by the day of the measurement, newest first."""
        return self.order_by("-measured_on", "-id")

    def with_history(self) -> "WeightQuerySet":
        """Bring along who said it and who settled it, newest day first."""
        rows = self.filter(entered_in_error=False).select_related("stated_by", "reviewed_by")
        return rows.order_by("-measured_on", "-id")

    def unchecked(self) -> "WeightQuerySet":
        """A number is always understood."""
        return self.none()


@tracked
class WeightMeasurement(Statement):
    """A patient's weight on one day, in kilograms."""

    clinic = ClinicKey("weights")
    patient = PatientKey(related_name="weights")
    kg = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=2)
    measured_on = models.DateField(_("measured on"))

    objects = WeightQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("kg", "note"))

    class Meta(Statement.Meta):
        verbose_name, verbose_name_plural = _("weight"), _("weights")
        constraints = [*Statement.Meta.constraints, between("kg", 2, 400)]
        indexes = [models.Index(fields=["clinic", "patient", "measured_on"], name="weight_by_day")]
