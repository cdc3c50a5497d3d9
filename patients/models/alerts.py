from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import PatientKey


class AlertKind(models.TextChoices):
    CLINICAL = "clinical", _("Clinical")
    CONDUCT = "conduct", _("Conduct")
    PAYMENT = "payment", _("Payment")
    ACCESS = "access", _("Access needs")
    OTHER = "other", _("Other")


class AlertQuerySet(ClinicQuerySet):
    def standing(self) -> "AlertQuerySet":
        """Keep the alerts that nobody has lifted."""
        return self.filter(ended_at__isnull=True)

    def readable_by(self, *, reads_history: bool) -> "AlertQuerySet":
        """Keep the alerts whose words a reader may see: clinical ones only for those who read the history."""
        return self if reads_history else self.exclude(kind=AlertKind.CLINICAL)


@tracked
class Alert(models.Model):
    """A warning that stands on top of every page of a patient until somebody lifts it."""

    clinic = ClinicKey("alerts")
    patient = PatientKey(related_name="alerts")
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind, default=AlertKind.CLINICAL)
    text = models.CharField(_("text"), max_length=300)
    raised_at = models.DateTimeField()
    raised_by = UserKey()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)

    objects = AlertQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("text",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("kind", AlertKind),
            not_blank("text"),
            paired("ended_at", "ended_by"),
        ]
