from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, more_than, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models.ingredients import Strength
from formulations.models.references import Review


class FormulationQuerySet(ClinicQuerySet):
    def active(self) -> "FormulationQuerySet":
        """Keep the recipes that are in use."""
        return self.filter(is_active=True)

    def with_versions(self) -> "FormulationQuerySet":
        """Bring along every version with its components."""
        return self.prefetch_related("versions__components__ingredient")


class Formulation(models.Model):
    """A recipe of the clinic; what it says is in its versions."""

    clinic = ClinicKey("formulations")
    name = models.CharField(_("name"), max_length=200)
    indication = models.SlugField(_("indication"), max_length=80, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField()
    created_by = UserKey()

    objects = FormulationQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        verbose_name, verbose_name_plural = _("recipe"), _("recipes")
        constraints = [
            owner_key(),
            not_blank("name"),
            models.UniqueConstraint(fields=["clinic", "name"], name="formulation_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FormulationVersionQuerySet(ClinicQuerySet):
    def approved(self) -> "FormulationVersionQuerySet":
        """Keep what the medical director has approved."""
        return self.filter(review=Review.APPROVED)

    def with_recipe(self) -> "FormulationVersionQuerySet":
        """Bring along the recipe, its components and who approved it."""
        return self.select_related("formulation", "approved_by", "created_by").prefetch_related(
            "components__ingredient", "components__product"
        )


@tracked
class FormulationVersion(models.Model):
    """One version of a recipe; approving it decides once what belongs to the mix alone, and freezes it."""

    clinic = ClinicKey("formulation_versions")
    formulation = models.ForeignKey(Formulation, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    review = models.CharField(max_length=10, choices=Review, default=Review.PROPOSED)
    accepted_findings = models.JSONField(default=list, blank=True)
    approval_reason = models.CharField(max_length=500, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = UserKey(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = UserKey(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = UserKey()

    objects = FormulationVersionQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("formulation"),
            one_of("review", Review),
            paired("approved_at", "approved_by"),
            paired("retired_at", "retired_by"),
            models.CheckConstraint(
                condition=~Q(review=Review.APPROVED) | Q(approved_at__isnull=False),
                name="formulation_version_approved_by_somebody",
            ),
            models.UniqueConstraint(fields=["clinic", "formulation", "number"], name="formulation_version_once"),
            models.UniqueConstraint(
                fields=["clinic", "formulation"],
                condition=Q(review=Review.APPROVED),
                name="formulation_one_approved_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formulation} v{self.number}"


class FormulationComponent(models.Model):
    """One substance of a recipe, at a strength and in a volume."""

    clinic = ClinicKey("formulation_components")
    version = models.ForeignKey(FormulationVersion, models.PROTECT, related_name="components")
    ordinal = models.PositiveSmallIntegerField()
    ingredient = models.ForeignKey(
        "formulations.Ingredient", models.PROTECT, null=True, blank=True, related_name="formulation_components"
    )
    product = models.ForeignKey(
        "formulations.Product", models.PROTECT, null=True, blank=True, related_name="formulation_components"
    )
    concentration = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Strength, blank=True)
    volume_ml = models.DecimalField(max_digits=9, decimal_places=3)

    nature = Nature(Retention.LEDGER)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("version"),
            SameOwner("ingredient"),
            SameOwner("product"),
            more_than("volume_ml", 0),
            at_least("concentration", 0),
            models.CheckConstraint(
                condition=Q(ingredient__isnull=False) | Q(product__isnull=False),
                name="formulation_component_of_something",
            ),
            models.UniqueConstraint(fields=["clinic", "version", "ordinal"], name="formulation_component_once"),
        ]
