from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between, more_than
from common.constraints import SameOwner, one_of, owner_key
from common.history import tracked
from common.natures import Nature, Retention
from formulations.models import Unit
from treatments.models.protocols import Side


class Technique(models.TextChoices):
    INTRAEPIDERMAL = "intraepidermal", _("Intraepidermal")
    PAPULE = "papule", _("Papule")
    NAPPAGE = "nappage", _("Nappage")
    POINT_BY_POINT = "point-by-point", _("Point by point")
    DEEP_INTRADERMAL = "deep-intradermal", _("Deep intradermal")
    HYPODERMIC = "hypodermic", _("Hypodermic")
    LINEAR_RETROGRADE = "linear-retrograde", _("Linear retrograde")
    DRY = "dry", _("Dry, without product")


class Delivery(models.TextChoices):
    MANUAL = "manual", _("Syringe by hand")
    GUN = "gun", _("Injection gun")
    PEN = "pen", _("Microneedling pen")
    MULTI_NEEDLE = "multi-needle", _("Multi-needle")


@tracked
class ZoneApplication(models.Model):
    """What was injected into one zone on one side: how, how deep, with which needle, how many points of how much."""

    clinic = ClinicKey("zone_applications")
    session = models.ForeignKey("treatments.TreatmentSession", models.PROTECT, related_name="zone_applications")
    ordinal = models.PositiveSmallIntegerField()
    zone = models.ForeignKey("treatments.Zone", models.PROTECT, related_name="applications")
    side = models.CharField(_("side"), max_length=8, choices=Side)
    technique = models.CharField(_("technique"), max_length=20, choices=Technique)
    depth_mm = models.DecimalField(_("depth (mm)"), max_digits=4, decimal_places=1)
    angle_deg = models.PositiveSmallIntegerField(_("angle (degrees)"), null=True, blank=True)
    needle = models.CharField(_("needle"), max_length=40, blank=True)
    points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    ml_per_point = models.DecimalField(_("mL per point"), max_digits=9, decimal_places=3, null=True, blank=True)
    area_cm2 = models.DecimalField(_("area (cm²)"), max_digits=7, decimal_places=1, null=True, blank=True)
    spacing_mm = models.DecimalField(_("spacing (mm)"), max_digits=5, decimal_places=1, null=True, blank=True)
    volume_ml = models.DecimalField(_("volume (mL)"), max_digits=9, decimal_places=3)
    delivery = models.CharField(_("delivery"), max_length=12, choices=Delivery, default=Delivery.MANUAL)
    device = models.ForeignKey(
        "scheduling.Device", models.PROTECT, null=True, blank=True, related_name="zone_applications"
    )
    consumable_lot = models.ForeignKey(
        "formulations.Lot", models.PROTECT, null=True, blank=True, related_name="consumable_uses"
    )
    preparation = models.ForeignKey(
        "formulations.Preparation", models.PROTECT, null=True, blank=True, related_name="zone_applications"
    )
    map_points = models.JSONField(default=list, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = UserKey()

    nature = Nature(Retention.RECORD, personal=("note",))

    class Meta:
        verbose_name, verbose_name_plural = _("zone"), _("zones")
        constraints = [
            owner_key(),
            SameOwner("session"),
            SameOwner("zone"),
            SameOwner("device"),
            SameOwner("consumable_lot"),
            SameOwner("preparation"),
            one_of("side", Side),
            one_of("technique", Technique),
            one_of("delivery", Delivery),
            between("depth_mm", 0, 20),
            between("angle_deg", 0, 90),
            between("points", 1, 2000),
            more_than("ml_per_point", 0),
            more_than("area_cm2", 0),
            more_than("spacing_mm", 0),
            at_least("volume_ml", 0),
            models.CheckConstraint(
                condition=Q(technique=Technique.DRY, volume_ml=0, preparation__isnull=True)
                | (~Q(technique=Technique.DRY) & Q(volume_ml__gt=0, preparation__isnull=False)),
                name="zone_application_dry_or_from_a_mix",
            ),
            models.UniqueConstraint(fields=["clinic", "session", "ordinal"], name="zone_application_ordinal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.side}"


class ComponentUse(models.Model):
    """How much of one substance from one pack went into one zone: the link from the skin to the lot."""

    clinic = ClinicKey("component_uses")
    zone_application = models.ForeignKey(ZoneApplication, models.PROTECT, related_name="component_uses")
    component = models.ForeignKey("formulations.PreparationComponent", models.PROTECT, related_name="component_uses")
    movement = models.ForeignKey("formulations.StockMovement", models.PROTECT, related_name="component_uses")
    ingredient = models.ForeignKey("formulations.Ingredient", models.PROTECT, related_name="component_uses")
    volume_ml = models.DecimalField(max_digits=9, decimal_places=3)
    dose = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=2, choices=Unit)

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("zone_application"),
            SameOwner("component"),
            SameOwner("movement"),
            SameOwner("ingredient"),
            one_of("unit", Unit),
            at_least("volume_ml", 0),
            at_least("dose", 0),
            models.UniqueConstraint(
                fields=["clinic", "zone_application", "component", "ingredient"], name="component_use_once"
            ),
        ]
