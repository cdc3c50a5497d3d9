from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import in_order
from common.constraints import SameOwner, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class WaitingListQuerySet(ClinicQuerySet):
    def open(self) -> "WaitingListQuerySet":
        """Keep those who still wait."""
        return self.filter(closed_at__isnull=True)


@tracked
class WaitingListEntry(models.Model):
    """A patient who would take an earlier visit if one became free."""

    clinic = ClinicKey("waiting_list")
    patient = PatientKey(related_name="waiting_list")
    kind = models.ForeignKey("scheduling.AppointmentKind", models.PROTECT, related_name="waiting_list")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", models.PROTECT, null=True, blank=True, related_name="waiting_list"
    )
    visit = models.ForeignKey(
        "scheduling.CourseVisit", models.PROTECT, null=True, blank=True, related_name="waiting_list"
    )
    earliest_on = models.DateField(_("earliest day"), null=True, blank=True)
    latest_on = models.DateField(_("latest day"), null=True, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_at = models.DateTimeField()
    added_by = UserKey()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = UserKey(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects = WaitingListQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("note", "preferences", "outcome"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("kind"),
            SameOwner("practitioner"),
            SameOwner("visit"),
            in_order("earliest_on", "latest_on"),
            paired("closed_at", "closed_by"),
        ]
