from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import not_blank
from common.constraints import one_of
from common.history import tracked
from common.natures import Nature, Retention
from patients.models.keys import PatientKey
from patients.models.statements import Statement


class AllergySeverity(models.TextChoices):
    UNKNOWN = "unknown", _("Not known")
    MILD = "mild", _("Mild")
    SEVERE = "severe", _("Severe")
    ANAPHYLAXIS = "anaphylaxis", _("Anaphylaxis")


@tracked
class Allergy(Statement):
    """What a patient reacts to: the words as they were said, and the allergens that they stand for."""

    clinic = ClinicKey("allergies")
    patient = PatientKey(related_name="allergies")
    name = models.CharField(_("allergy"), max_length=200)
    allergens = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    checked = models.BooleanField(default=False)
    severity = models.CharField(_("severity"), max_length=12, choices=AllergySeverity, default=AllergySeverity.UNKNOWN)
    reaction = models.CharField(_("reaction"), max_length=200, blank=True)

    nature = Nature(Retention.RECORD, personal=("name", "reaction", "note"))

    class Meta(Statement.Meta):
        verbose_name, verbose_name_plural = _("allergy"), _("allergies")
        constraints = [*Statement.Meta.constraints, not_blank("name"), one_of("severity", AllergySeverity)]
