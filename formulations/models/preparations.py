from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import after, at_least, more_than, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models.ingredients import Unit
from formulations.models.references import Severity
from patients.models import PatientKey, reached_by


class PreparationState(models.TextChoices):
    DRAWN = "drawn", _("Drawn")
    CHECKED = "checked", _("Checked")
    RECONCILED = "reconciled", _("Reconciled")
    DISCARDED = "discarded", _("Discarded")


_P = PreparationState
PREPARATION_TRANSITIONS: dict[str, frozenset[str]] = {
    _P.DRAWN: frozenset({_P.CHECKED, _P.RECONCILED, _P.DISCARDED}),
    _P.CHECKED: frozenset({_P.RECONCILED, _P.DISCARDED}),
    _P.RECONCILED: frozenset(),
    _P.DISCARDED: frozenset(),
}


class PreparationQuerySet(ClinicQuerySet):
    def at_hand(self) -> "PreparationQuerySet":
        """Keep the mixes that are still in a syringe."""
        return self.filter(state__in=[PreparationState.DRAWN, PreparationState.CHECKED])

    def visible_to(self, user: Any, at: datetime | None = None) -> "PreparationQuerySet":
        """Keep the mixes of the patients whom this person reaches, and those they mixed or prescribed."""
        own = Q(prepared_by=user) | Q(practitioner__membership__user=user)
        return self.filter(own | reached_by(user, at or timezone.now(), wide=True))

    def with_mix(self) -> "PreparationQuerySet":
        """Bring along everything that the page of a mix shows."""
        return (
            self.with_components()
            .select_related(
                "patient", "practitioner__membership__user", "prepared_by", "location", "version__formulation"
            )
            .order_by("-prepared_at", "-pk")
        )

    def with_components(self) -> "PreparationQuerySet":
        """Bring along lots, products and amounts."""
        return self.prefetch_related("components__pack__lot__product", "components__substances__ingredient", "findings")


@tracked
class Preparation(models.Model):
    """A mix that was really drawn up for one patient: when, by whom, from which packs, and usable until when."""

    clinic = ClinicKey("preparations")
    patient = PatientKey(related_name="preparations")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="preparations")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="preparations")
    version = models.ForeignKey(
        "formulations.FormulationVersion", models.PROTECT, null=True, blank=True, related_name="preparations"
    )
    state = models.CharField(_("state"), max_length=10, choices=PreparationState, default=PreparationState.DRAWN)
    total_ml = models.DecimalField(max_digits=9, decimal_places=3)
    planned_ml = models.DecimalField(_("to be injected (mL)"), max_digits=9, decimal_places=3, null=True, blank=True)
    prepared_at = models.DateTimeField(_("prepared"))
    prepared_by = UserKey()
    beyond_use_at = models.DateTimeField(_("use before"))
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = UserKey(null=True, blank=True)
    injected_ml = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    wasted_ml = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    difference_reason = models.CharField(max_length=300, blank=True)
    reconciled_at = models.DateTimeField(null=True, blank=True)
    reconciled_by = UserKey(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = UserKey(null=True, blank=True)
    discard_reason = models.CharField(max_length=300, blank=True)

    objects = PreparationQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("difference_reason", "discard_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("preparation"), _("preparations")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("practitioner"),
            SameOwner("location"),
            SameOwner("version"),
            one_of("state", PreparationState),
            more_than("total_ml", 0),
            at_least("injected_ml", 0),
            at_least("wasted_ml", 0),
            more_than("planned_ml", 0),
            models.CheckConstraint(
                condition=Q(planned_ml__isnull=True) | Q(planned_ml__lte=F("total_ml")),
                name="preparation_planned_within_total",
            ),
            after("prepared_at", "beyond_use_at"),
            paired("checked_at", "checked_by"),
            paired("reconciled_at", "reconciled_by"),
            paired("discarded_at", "discarded_by"),
            models.CheckConstraint(
                condition=~Q(state=PreparationState.RECONCILED)
                | Q(
                    reconciled_at__isnull=False,
                    injected_ml__isnull=False,
                    wasted_ml__isnull=False,
                    total_ml=F("injected_ml") + F("wasted_ml"),
                ),
                name="preparation_drawn_is_injected_plus_wasted",
            ),
            models.CheckConstraint(
                condition=~Q(state=PreparationState.DISCARDED)
                | (Q(discarded_at__isnull=False) & ~Q(discard_reason="")),
                name="preparation_discarded_says_why",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "prepared_at"], name="preparation_by_patient")]


class PreparationComponent(models.Model):
    """What one pack gave to a mix, and the stock movement that says so."""

    clinic = ClinicKey("preparation_components")
    preparation = models.ForeignKey(Preparation, models.PROTECT, related_name="components")
    ordinal = models.PositiveSmallIntegerField()
    pack = models.ForeignKey("formulations.Pack", models.PROTECT, related_name="components")
    movement = models.OneToOneField("formulations.StockMovement", models.PROTECT, related_name="component")
    volume_ml = models.DecimalField(max_digits=9, decimal_places=3)

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("preparation"),
            SameOwner("pack"),
            SameOwner("movement"),
            more_than("volume_ml", 0),
            models.UniqueConstraint(fields=["clinic", "preparation", "ordinal"], name="preparation_component_once"),
        ]


class PreparationSubstance(models.Model):
    """How much of one substance a component brought into the mix, as the label of its lot said that day."""

    clinic = ClinicKey("preparation_substances")
    component = models.ForeignKey(PreparationComponent, models.PROTECT, related_name="substances")
    ingredient = models.ForeignKey("formulations.Ingredient", models.PROTECT, related_name="preparation_substances")
    concentration = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=2, choices=Unit)

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("component"),
            SameOwner("ingredient"),
            one_of("unit", Unit),
            at_least("concentration", 0),
            at_least("amount", 0),
            models.UniqueConstraint(fields=["clinic", "component", "ingredient"], name="preparation_substance_once"),
        ]


class PreparationFinding(models.Model):
    """What the check said of a mix when it was drawn; where it was overridden, why and by whom."""

    clinic = ClinicKey("preparation_findings")
    preparation = models.ForeignKey(Preparation, models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=5, choices=Severity)
    subjects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    message = models.TextField()
    source = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)
    overridden_by = UserKey(null=True, blank=True)

    nature = Nature(Retention.RECORD, personal=("message", "reason"), append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("preparation"),
            one_of("severity", Severity),
            not_blank("code"),
            paired("overridden_at", "overridden_by"),
            models.CheckConstraint(
                condition=Q(overridden_at__isnull=True) | ~Q(reason=""), name="preparation_override_says_why"
            ),
        ]
