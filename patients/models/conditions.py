from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import not_blank
from common.history import tracked
from common.natures import Nature, Retention
from patients.models.keys import PatientKey
from patients.models.statements import Statement


@tracked
class Condition(Statement):
    """An illness or state of a patient that may speak against a treatment; `slug` is empty while nobody knows which."""

    clinic = ClinicKey("conditions")
    patient = PatientKey(related_name="conditions")
    name = models.CharField(_("condition"), max_length=200)
    slug = models.CharField(max_length=60, blank=True)
    checked = models.BooleanField(default=False)
    zone = models.CharField(_("zone"), max_length=60, blank=True)
    since_on = models.DateField(_("since"), null=True, blank=True)

    nature = Nature(Retention.RECORD, personal=("name", "note"))

    class Meta(Statement.Meta):
        verbose_name, verbose_name_plural = _("condition"), _("conditions")
        constraints = [*Statement.Meta.constraints, not_blank("name")]
