from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey, reached_by
from treatments.models.protocols import Side


class Measure(models.TextChoices):
    MMASI = "mmasi", _("mMASI")
    MASI = "masi", _("MASI")
    CSS = "css", _("Cellulite severity scale")
    NURNBERGER_MULLER = "nurnberger-muller", _("Nürnberger-Müller")
    GAIS = "gais", _("GAIS")
    FITZPATRICK_WRINKLE = "fitzpatrick-wrinkle", _("Fitzpatrick wrinkle scale")
    GLOGAU = "glogau", _("Glogau")
    VAS = "vas", _("Pain (VAS)")
    NRS = "nrs", _("Pain (NRS)")
    NDI = "ndi", _("NDI")
    ODI = "odi", _("ODI")
    HAIR_DENSITY = "hair-density", _("Hair density")
    NORWOOD_HAMILTON = "norwood-hamilton", _("Norwood-Hamilton")
    LUDWIG = "ludwig", _("Ludwig")
    CIRCUMFERENCE = "circumference", _("Circumference")
    DLQI = "dlqi", _("DLQI total")
    CR_SMFRS = "cr-smfrs", _("CR-SMFRS")
    SATISFACTION = "satisfaction", _("Satisfaction")
    PHOTO = "photo", _("Photo")


class Rater(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    PATIENT = "patient", _("Patient")


class OutcomeQuerySet(ClinicQuerySet):
    def standing(self) -> "OutcomeQuerySet":
        """Leave out what was entered in error."""
        return self.filter(entered_in_error=False)

    def of(self, measure: str) -> "OutcomeQuerySet":
        """Keep one measure, oldest first: the first is the baseline."""
        return self.standing().filter(measure=measure).order_by("rated_on", "id")

    def with_names(self) -> "OutcomeQuerySet":
        """Bring along where it was measured, and by whom it was recorded."""
        return self.select_related("zone", "recorded_by", "plan__protocol")

    def visible_to(self, user: Any, at: datetime | None = None) -> "OutcomeQuerySet":
        """Keep the measures of the patients whose plans this person may read."""
        return self.filter(reached_by(user, at or timezone.now(), roles=("owner", "nurse")))


@tracked
class OutcomeMeasure(models.Model):
    """A score taken on one day by one rater, with the answers it was computed from; incomplete ones have no score."""

    clinic = ClinicKey("outcomes")
    patient = PatientKey(related_name="outcomes")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, null=True, blank=True, related_name="outcomes")
    session = models.ForeignKey(
        "treatments.TreatmentSession", models.PROTECT, null=True, blank=True, related_name="outcomes"
    )
    measure = models.CharField(_("measure"), max_length=24, choices=Measure)
    scale_version = models.CharField(max_length=20, default="1")
    zone = models.ForeignKey("treatments.Zone", models.PROTECT, null=True, blank=True, related_name="outcomes")
    side = models.CharField(max_length=8, choices=Side, blank=True)
    rater = models.CharField(_("rated by"), max_length=10, choices=Rater, default=Rater.CLINICIAN)
    rated_on = models.DateField(_("rated on"))
    items = models.JSONField()
    score = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    complete = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = UserKey()
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)

    objects = OutcomeQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("items",))

    class Meta:
        verbose_name, verbose_name_plural = _("outcome measure"), _("outcome measures")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("plan"),
            SameOwner("session"),
            SameOwner("zone"),
            one_of("measure", Measure),
            one_of("rater", Rater),
            models.CheckConstraint(
                condition=Q(complete=False, score__isnull=True) | Q(complete=True),
                name="outcome_incomplete_has_no_score",
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error=False) | ~Q(error_reason=""), name="outcome_error_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "measure", "rated_on"], name="outcome_by_measure")]
