from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import in_order, not_blank
from common.constraints import one_of
from formulations.models.ingredients import words
from formulations.models.references import ReferenceRow, Severity


class PairRule(ReferenceRow):
    """Two things that do not belong together: in one mix, with one disinfectant, or in one patient."""

    clinic = ClinicKey("pair_rules")
    a = models.CharField(max_length=120)
    b = models.CharField(max_length=120)
    severity = models.CharField(max_length=5, choices=Severity)
    reason = models.CharField(max_length=500)

    class Meta(ReferenceRow.Meta):
        constraints = [
            *ReferenceRow.Meta.constraints,
            not_blank("a"),
            not_blank("b"),
            not_blank("reason"),
            one_of("severity", Severity),
        ]

    def __str__(self) -> str:
        return f"{self.a} × {self.b}"


class Indication(ReferenceRow):
    """What a patient may be treated for here."""

    clinic = ClinicKey("indications")
    name = models.CharField(_("name"), max_length=120)
    domain = models.CharField(max_length=12, blank=True)
    also_said = words(120)

    class Meta(ReferenceRow.Meta):
        constraints = [*ReferenceRow.Meta.constraints, not_blank("name")]

    def __str__(self) -> str:
        return self.name


class SeriousnessDefault(models.TextChoices):
    NON_SERIOUS = "non-serious", _("Not serious")
    SERIOUS = "serious", _("Serious")
    IF_CRITERIA = "serious-if-criteria", _("Serious if a criterion is met")


class EffectScope(models.TextChoices):
    INGREDIENT = "ingredient", _("Ingredient")
    PROCEDURE = "procedure", _("Procedure")


class Effect(ReferenceRow):
    """A side effect of the catalogue: when it usually comes, how long it stays and what the patient should do."""

    clinic = ClinicKey("effects")
    name = models.CharField(_("name"), max_length=120)
    seriousness_default = models.CharField(max_length=20, choices=SeriousnessDefault)
    onset_hours_min = models.PositiveIntegerField()
    onset_hours_max = models.PositiveIntegerField()
    duration_days = models.PositiveIntegerField(null=True, blank=True)
    expected = models.BooleanField()
    red_flag = models.BooleanField()
    scope = models.CharField(max_length=10, choices=EffectScope)
    advice_to_patient = models.TextField()
    advice_to_staff = models.TextField(blank=True)

    class Meta(ReferenceRow.Meta):
        verbose_name, verbose_name_plural = _("side effect of the catalogue"), _("side effects of the catalogue")
        constraints = [
            *ReferenceRow.Meta.constraints,
            not_blank("name"),
            one_of("seriousness_default", SeriousnessDefault),
            one_of("scope", EffectScope),
            in_order("onset_hours_min", "onset_hours_max"),
        ]

    def __str__(self) -> str:
        return self.name
