from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import at_least, between, in_order, not_blank
from common.constraints import one_of
from formulations.models.references import ReferenceQuerySet, ReferenceRow


class SubstanceStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    RESTRICTED = "restricted", _("Restricted")
    PROHIBITED = "prohibited", _("Prohibited")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CapKind(models.TextChoices):
    TOXICITY = "toxicity", _("Toxicity")
    LABEL = "label", _("Label")
    LABEL_DOSE = "label_dose", _("Label dose")
    PACK = "pack", _("One pack")
    CONVENTION = "convention", _("Convention")
    BORROWED = "borrowed", _("Borrowed from another use")
    PROHIBITED = "prohibited", _("Prohibited")


class EvidenceGrade(models.TextChoices):
    A = "A", _("A")
    B = "B", _("B")
    C = "C", _("C")
    D = "D", _("D")
    NONE = "none", _("None")


class Unit(models.TextChoices):
    MG = "mg", _("mg")
    U = "U", _("U")
    IU = "IU", _("IU")
    ML = "mL", _("mL")


class Strength(models.TextChoices):
    MG = "mg/mL", _("mg/mL")
    U = "U/mL", _("U/mL")
    IU = "IU/mL", _("IU/mL")


def words(max_length: int = 80) -> ArrayField:
    """A list of tokens of the catalogue."""
    return ArrayField(models.CharField(max_length=max_length), default=list, blank=True)


class IngredientQuerySet(ReferenceQuerySet):
    def usable(self) -> "IngredientQuerySet":
        """Keep the substances that nothing forbids outright."""
        return self.current().filter(status__in=[SubstanceStatus.ACTIVE, SubstanceStatus.RESTRICTED])


class Ingredient(ReferenceRow):
    """A substance that may be in a mix: what it is for, how much of it is too much, and whom it does not suit."""

    clinic = ClinicKey("ingredients")
    name = models.CharField(_("name"), max_length=120)
    common_name = models.CharField(_("common name"), max_length=120, blank=True)
    substance_class = models.CharField(_("class"), max_length=30)
    status = models.CharField(_("status"), max_length=12, choices=SubstanceStatus)
    is_diluent = models.BooleanField(default=False)
    is_ready_made = models.BooleanField(default=False)
    typical_concentration = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Strength, blank=True)
    max_dose_per_session = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    max_dose_unit = models.CharField(max_length=2, choices=Unit, blank=True)
    max_dose_per_kg = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    cap_kind = models.CharField(max_length=12, choices=CapKind, blank=True)
    usual_depth_min_mm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    usual_depth_max_mm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    allergens = words()
    contraindicated_conditions = words()
    interacting_drugs = words()
    purpose = models.CharField(max_length=300, blank=True)
    indications = words()
    evidence_grade = models.CharField(max_length=4, choices=EvidenceGrade, default=EvidenceGrade.NONE)
    expected_side_effects = words()
    ph_min = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    ph_max = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    notes = models.TextField(blank=True)

    objects = IngredientQuerySet.as_manager()

    class Meta(ReferenceRow.Meta):
        verbose_name, verbose_name_plural = _("ingredient"), _("ingredients")
        constraints = [
            *ReferenceRow.Meta.constraints,
            not_blank("name"),
            one_of("status", SubstanceStatus),
            one_of("evidence_grade", EvidenceGrade),
            models.CheckConstraint(condition=Q(unit__in=["", *Strength.values]), name="ingredient_unit_known"),
            models.CheckConstraint(
                condition=Q(max_dose_unit__in=["", *Unit.values]), name="ingredient_dose_unit_known"
            ),
            models.CheckConstraint(condition=Q(cap_kind__in=["", *CapKind.values]), name="ingredient_cap_kind_known"),
            at_least("typical_concentration", 0),
            at_least("max_dose_per_session", 0),
            at_least("max_dose_per_kg", 0),
            between("ph_min", 0, 14),
            between("ph_max", 0, 14),
            in_order("ph_min", "ph_max"),
            in_order("usual_depth_min_mm", "usual_depth_max_mm"),
            models.CheckConstraint(
                condition=Q(max_dose_per_session__isnull=True) | ~Q(max_dose_unit=""), name="ingredient_cap_has_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name
