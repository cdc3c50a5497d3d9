from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import not_blank
from common.history import tracked
from common.natures import Nature, Retention
from patients.models.keys import PatientKey
from patients.models.statements import Statement


@tracked
class Medicine(Statement):
    """A medicine that a patient takes: the name as typed, and the classes that the checks understand."""

    clinic = ClinicKey("medicines")
    patient = PatientKey(related_name="medicines")
    name = models.CharField(_("medicine"), max_length=200)
    classes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    checked = models.BooleanField(default=False)
    prescribed = models.BooleanField(_("prescribed by a doctor"), default=False)
    dose = models.CharField(_("dose"), max_length=120, blank=True)
    since_on = models.DateField(_("since"), null=True, blank=True)
    last_taken_on = models.DateField(_("last taken"), null=True, blank=True)

    nature = Nature(Retention.RECORD, personal=("name", "dose", "note"))

    class Meta(Statement.Meta):
        verbose_name, verbose_name_plural = _("medicine"), _("medicines")
        constraints = [*Statement.Meta.constraints, not_blank("name")]
