from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import after
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class TimeWishQuerySet(ClinicQuerySet):
    def newest(self) -> "TimeWish | None":
        """Give what was said last."""
        return self.order_by("-pk").first()


class TimeWish(models.Model):
    """On which weekdays and between which hours a patient would rather come; what was said last counts."""

    clinic = ClinicKey("time_wishes")
    patient = PatientKey(related_name="time_wishes")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True)
    not_before = models.TimeField(_("not before"), null=True, blank=True)
    not_after = models.TimeField(_("not after"), null=True, blank=True)
    said_at = models.DateTimeField()
    said_by = UserKey()

    objects = TimeWishQuerySet.as_manager()
    nature = Nature(Retention.CONTACT, personal=("weekdays", "not_before", "not_after"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            after("not_before", "not_after"),
            models.CheckConstraint(
                condition=models.Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="time_wish_has_real_weekdays"
            ),
        ]
