from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between, in_order, more_than, not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models.ingredients import Strength


class ProductForm(models.TextChoices):
    AMPOULE = "ampoule", _("Ampoule")
    VIAL = "vial", _("Vial")
    SYRINGE = "syringe", _("Syringe")


class PackDose(models.TextChoices):
    SINGLE = "single", _("Single dose")
    MULTI = "multi", _("Several doses")


class ProductType(models.TextChoices):
    MEDICINE = "medicine", _("Medicine")
    DEVICE = "device", _("Device")
    COMPOUNDED = "compounded", _("Compounded")
    HOMEOPATHIC = "homeopathic", _("Homeopathic")
    COSMETIC = "cosmetic", _("Cosmetic, not for injection")
    AUTOLOGOUS = "autologous", _("From the patient's own blood")


class ProductQuerySet(ClinicQuerySet):
    def active(self) -> "ProductQuerySet":
        """Keep what the clinic still buys."""
        return self.filter(is_active=True)

    def with_contents(self) -> "ProductQuerySet":
        """Bring along what each product contains."""
        return self.prefetch_related("contents__ingredient")

    def with_stock(self, day: date) -> "ProductQuerySet":
        """Bring along how much of each is in stock, in mL, in lots that may be drawn from on a day."""
        free = Q(lots__state="active", lots__unit="mL", lots__expires_on__gte=day)
        return self.annotate(in_stock_ml=Coalesce(Sum("lots__balance", filter=free), Decimal(0)))


@tracked
class Product(models.Model):
    """Something the clinic buys to inject: one pack of it, its volume, and the allergens that its label names."""

    clinic = ClinicKey("products")
    name = models.CharField(_("name"), max_length=200)
    maker = models.CharField(_("maker"), max_length=200, blank=True)
    form = models.CharField(_("form"), max_length=10, choices=ProductForm)
    volume_ml = models.DecimalField(_("volume of one pack (mL)"), max_digits=9, decimal_places=3)
    dose = models.CharField(_("doses"), max_length=6, choices=PackDose, default=PackDose.SINGLE)
    opened_hours = models.PositiveIntegerField(_("hours it keeps once opened"), null=True, blank=True)
    product_type = models.CharField(_("sort of product"), max_length=12, choices=ProductType)
    allergens = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    ph_min = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    ph_max = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    added_at = models.DateTimeField()
    added_by = UserKey()

    objects = ProductQuerySet.as_manager()
    nature = Nature(Retention.LEDGER)

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")
        constraints = [
            owner_key(),
            not_blank("name"),
            one_of("form", ProductForm),
            one_of("dose", PackDose),
            one_of("product_type", ProductType),
            more_than("volume_ml", 0),
            between("opened_hours", 1, 8760),
            between("ph_min", 0, 14),
            between("ph_max", 0, 14),
            in_order("ph_min", "ph_max"),
            models.UniqueConstraint(fields=["clinic", "name", "volume_ml"], name="product_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class ProductIngredient(models.Model):
    """How much of a substance is in a millilitre of a product; without a figure the label does not say."""

    clinic = ClinicKey("product_ingredients")
    product = models.ForeignKey(Product, models.PROTECT, related_name="contents")
    ingredient = models.ForeignKey("formulations.Ingredient", models.PROTECT, related_name="product_contents")
    concentration = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Strength, blank=True)

    nature = Nature(Retention.LEDGER)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("product"),
            SameOwner("ingredient"),
            at_least("concentration", 0),
            models.CheckConstraint(
                condition=Q(concentration__isnull=True) | Q(unit__in=Strength.values),
                name="product_ingredient_strength_has_unit",
            ),
            models.UniqueConstraint(fields=["clinic", "product", "ingredient"], name="product_ingredient_once"),
        ]
