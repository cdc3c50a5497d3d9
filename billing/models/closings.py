from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least
from common.constraints import owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class DayCloseQuerySet(ClinicQuerySet):
    def standing(self) -> "DayCloseQuerySet":
        """Keep the days that are closed and were not opened again."""
        return self.filter(reopened_at__isnull=True)

    def of_day(self, day: date) -> "DayCloseQuerySet":
        """Keep the counts of one day, newest first."""
        return self.filter(day=day).order_by("-pk")

    def with_people(self) -> "DayCloseQuerySet":
        """Bring along who counted and who opened the day again."""
        return self.select_related("closed_by", "reopened_by")


@tracked
class DayClose(models.Model):
    """Somebody counted the till at the end of a day: from then on no money is written under this day any more."""

    clinic = ClinicKey("day_closes")
    day = models.DateField(_("day"))
    currency = models.CharField(max_length=3)
    expected = models.DecimalField(_("expected"), max_digits=12, decimal_places=2)
    counted = models.DecimalField(_("counted"), max_digits=12, decimal_places=2)
    difference = models.DecimalField(_("difference"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("why it differs"), max_length=500, blank=True)
    closed_at = models.DateTimeField()
    closed_by = UserKey()
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = UserKey(null=True, blank=True)
    reopen_reason = models.CharField(max_length=500, blank=True)

    objects = DayCloseQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("reason", "reopen_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("count of a day"), _("counts of days")
        constraints = [
            owner_key(),
            at_least("counted", 0),
            paired("reopened_at", "reopened_by"),
            models.CheckConstraint(condition=Q(difference=F("counted") - F("expected")), name="day_close_differs_by"),
            models.CheckConstraint(condition=Q(difference=0) | ~Q(reason=""), name="day_close_difference_says_why"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopen_reason=""), name="day_close_reopened_says_why"
            ),
            models.UniqueConstraint(
                fields=["clinic", "day"], condition=Q(reopened_at__isnull=True), name="day_close_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.counted} {self.currency}"
