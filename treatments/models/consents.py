from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import WIDE_ROLES, PatientKey, reached_by


class ConsentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PRESENTED = "presented", _("Presented")
    SIGNED = "signed", _("Signed by the patient")
    COUNTERSIGNED = "countersigned", _("Countersigned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_C = ConsentState
CONSENT_TRANSITIONS: dict[str, frozenset[str]] = {
    _C.DRAFT: frozenset({_C.PRESENTED, _C.WITHDRAWN}),
    _C.PRESENTED: frozenset({_C.SIGNED, _C.WITHDRAWN}),
    _C.SIGNED: frozenset({_C.COUNTERSIGNED, _C.WITHDRAWN}),
    _C.COUNTERSIGNED: frozenset({_C.WITHDRAWN}),
    _C.WITHDRAWN: frozenset(),
}


class ConsentQuerySet(ClinicQuerySet):
    def standing(self, day: date) -> "ConsentQuerySet":
        """Keep what both have signed, nobody withdrew and no day has overtaken."""
        return self.filter(state=ConsentState.COUNTERSIGNED).filter(
            Q(consent_until__isnull=True) | Q(consent_until__gte=day)
        )

    def waiting_for_patient(self) -> "ConsentQuerySet":
        """Keep what the patient has still to sign."""
        return self.filter(state=ConsentState.PRESENTED)

    def latest_first(self) -> "ConsentQuerySet":
        """Order by the moment they were written, newest first."""
        return self.order_by("-created_at", "-id")

    def with_substance(self) -> "ConsentQuerySet":
        """Bring along the paper and what it spoke of."""
        return self.select_related("document__template_version", "practitioner__membership__user").prefetch_related(
            "consent_ingredients__ingredient"
        )

    def visible_to(self, user: Any, at: datetime | None = None) -> "ConsentQuerySet":
        """Keep the consents of the patients whom this person reaches; everybody who treats may need to know them."""
        return self.filter(reached_by(user, at or timezone.now(), roles=(*WIDE_ROLES, "practitioner")))


@tracked
class Consent(models.Model):
    """A patient's consent to one plan with its substances, on one issued document; it counts once both have signed."""

    clinic = ClinicKey("consents")
    patient = PatientKey(related_name="consents")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, related_name="consents")
    protocol = models.ForeignKey("treatments.Protocol", models.PROTECT, related_name="consents")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="consents")
    document = models.OneToOneField("documents.Document", models.PROTECT, null=True, blank=True, related_name="consent")
    language = models.CharField(max_length=10)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=14, choices=ConsentState, default=ConsentState.DRAFT)
    consent_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = UserKey()
    presented_at = models.DateTimeField(null=True, blank=True)
    presented_by = UserKey(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = UserKey(null=True, blank=True)
    countersigned_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = UserKey(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = UserKey(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=500, blank=True)
    ingredients = models.ManyToManyField(
        "formulations.Ingredient", through="treatments.ConsentIngredient", related_name="consents"
    )

    objects = ConsentQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("withdraw_reason",))

    class Meta:
        verbose_name, verbose_name_plural = _("consent"), _("consents")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("plan"),
            SameOwner("protocol"),
            SameOwner("practitioner"),
            SameOwner("document"),
            one_of("state", ConsentState),
            paired("presented_at", "presented_by"),
            paired("signed_at", "signed_by"),
            paired("countersigned_at", "countersigned_by"),
            paired("withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                condition=Q(state__in=[ConsentState.DRAFT, ConsentState.WITHDRAWN])
                | Q(state=ConsentState.PRESENTED, document__isnull=False, presented_at__isnull=False)
                | Q(state=ConsentState.SIGNED, document__isnull=False, signed_at__isnull=False)
                | Q(
                    state=ConsentState.COUNTERSIGNED,
                    document__isnull=False,
                    signed_at__isnull=False,
                    countersigned_at__isnull=False,
                ),
                name="consent_state_fits_its_moments",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConsentState.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="consent_withdrawn_says_when",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "plan", "state"], name="consent_by_plan")]


class ConsentIngredient(models.Model):
    """A substance that the patient consented to, in the version of the catalogue that was explained."""

    clinic = ClinicKey("consent_ingredients")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="consent_ingredients")
    ingredient = models.ForeignKey("formulations.Ingredient", models.PROTECT, related_name="consent_ingredients")

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("consent"),
            SameOwner("ingredient"),
            models.UniqueConstraint(fields=["clinic", "consent", "ingredient"], name="consent_ingredient_once"),
        ]
