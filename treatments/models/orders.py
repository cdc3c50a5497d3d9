from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between, more_than
from common.constraints import SameOwner, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models import Strength, words
from patients.models import PatientKey, reached_by


class OrderQuerySet(ClinicQuerySet):
    def standing(self, day: date) -> "OrderQuerySet":
        """Keep the orders that are valid on a day and that nobody has withdrawn."""
        return self.filter(withdrawn_at=None, valid_from__lte=day, valid_until__gte=day)

    def for_session(self, ordinal: int) -> "OrderQuerySet":
        """Keep the orders that reach to one of the sessions of their plan."""
        return self.filter(first_ordinal__lte=ordinal, last_ordinal__gte=ordinal)

    def visible_to(self, user: Any, at: Any = None) -> "OrderQuerySet":
        """Keep the orders for this person's own patients, and those they signed; the owner and the nurses read all."""
        own = Q(plan__practitioner__membership__user=user) | Q(signed_by=user)
        return self.filter(own | reached_by(user, at or timezone.now(), roles=("owner", "nurse")))

    def with_lines(self) -> "OrderQuerySet":
        """Bring along everything that is shown of an order, the newest first."""
        return (
            self.select_related(
                "plan__protocol",
                "plan__location",
                "patient",
                "practitioner__membership__user",
                "version__formulation",
                "withdrawn_by",
            )
            .prefetch_related("components__ingredient", "components__product__contents__ingredient")
            .order_by("-signed_at", "-pk")
        )


@tracked
class Order(models.Model):
    """What a prescriber lets somebody else mix and inject for one patient: what, how much, in which sessions."""

    clinic = ClinicKey("orders")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, related_name="orders")
    patient = PatientKey(related_name="orders")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="orders")
    version = models.ForeignKey(
        "formulations.FormulationVersion", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    first_ordinal = models.PositiveSmallIntegerField(_("from session"))
    last_ordinal = models.PositiveSmallIntegerField(_("to session"))
    max_ml = models.DecimalField(_("at most, per session (mL)"), max_digits=9, decimal_places=3)
    zones = words(120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    signed_at = models.DateTimeField(_("signed"))
    signed_by = UserKey()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = UserKey(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=300, blank=True)

    objects = OrderQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("note", "withdraw_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("order"), _("orders")
        constraints = [
            owner_key(),
            SameOwner("plan"),
            SameOwner("patient"),
            SameOwner("practitioner"),
            SameOwner("version"),
            more_than("max_ml", 0),
            between("first_ordinal", 1, 15),
            between("last_ordinal", 1, 15),
            paired("withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                condition=Q(last_ordinal__gte=F("first_ordinal")), name="order_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="order_valid_for_some_days"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdraw_reason=""), name="order_withdrawn_says_why"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "plan", "-signed_at"], name="order_by_plan")]

    def __str__(self) -> str:
        return f"{self.plan.number} · {self.signed_at:%Y-%m-%d}"


class OrderComponent(models.Model):
    """One line of an order: a product, or a substance at a strength, and the volume that may go into the mix."""

    clinic = ClinicKey("order_components")
    order = models.ForeignKey(Order, models.PROTECT, related_name="components")
    ordinal = models.PositiveSmallIntegerField()
    ingredient = models.ForeignKey(
        "formulations.Ingredient", models.PROTECT, null=True, blank=True, related_name="order_components"
    )
    product = models.ForeignKey(
        "formulations.Product", models.PROTECT, null=True, blank=True, related_name="order_components"
    )
    concentration = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Strength, blank=True)
    volume_ml = models.DecimalField(max_digits=9, decimal_places=3)

    nature = Nature(Retention.RECORD, append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("order"),
            SameOwner("ingredient"),
            SameOwner("product"),
            more_than("volume_ml", 0),
            at_least("concentration", 0),
            models.CheckConstraint(
                condition=Q(ingredient__isnull=False) | Q(product__isnull=False), name="order_component_of_something"
            ),
            models.UniqueConstraint(fields=["clinic", "order", "ordinal"], name="order_component_once"),
        ]
