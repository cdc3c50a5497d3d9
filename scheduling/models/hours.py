from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import after, between, in_order, not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class HoursQuerySet(ClinicQuerySet):
    def valid_on(self, day: date) -> "HoursQuerySet":
        """Keep the pattern that holds on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))

    def holding_from(self, day: date) -> "HoursQuerySet":
        """Keep what holds on a day or will hold later."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))

    def with_whose(self) -> "HoursQuerySet":
        """Bring along whose hours they are, in the order of the week."""
        rows = self.select_related("practitioner__membership__user", "room", "location")
        return rows.order_by("location", "practitioner", "room", "weekday", "starts")


class WorkingHours(models.Model):
    """One line of a weekly pattern: when a practitioner works, a room is open, or (none named) the location."""

    clinic = ClinicKey("working_hours")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="working_hours")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", models.PROTECT, null=True, blank=True, related_name="working_hours"
    )
    room = models.ForeignKey("scheduling.Room", models.PROTECT, null=True, blank=True, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = HoursQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("working hours"), _("working hours")
        constraints = [
            owner_key(),
            SameOwner("location"),
            SameOwner("practitioner"),
            SameOwner("room"),
            between("weekday", 1, 7),
            after("starts", "ends"),
            in_order("valid_from", "valid_until"),
            models.CheckConstraint(
                condition=Q(practitioner__isnull=True) | Q(room__isnull=True), name="working_hours_of_one_resource"
            ),
        ]


class ExceptionKind(models.TextChoices):
    OFF = "off", _("Not there")
    EXTRA = "extra", _("There in addition")


class HoursException(models.Model):
    """A day that differs from the weekly pattern: absent (without times: all day), or there in addition."""

    clinic = ClinicKey("hours_exceptions")
    location = models.ForeignKey(
        "accounts.Location", models.PROTECT, null=True, blank=True, related_name="hours_exceptions"
    )
    practitioner = models.ForeignKey(
        "accounts.Practitioner", models.PROTECT, null=True, blank=True, related_name="hours_exceptions"
    )
    room = models.ForeignKey("scheduling.Room", models.PROTECT, null=True, blank=True, related_name="hours_exceptions")
    kind = models.CharField(_("kind"), max_length=5, choices=ExceptionKind)
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    nature = Nature(Retention.SETTING, personal=("reason",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("location"),
            SameOwner("practitioner"),
            SameOwner("room"),
            one_of("kind", ExceptionKind),
            after("starts", "ends"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True, kind=ExceptionKind.OFF)
                | Q(starts__isnull=False, ends__isnull=False),
                name="hours_exception_times",
            ),
            models.CheckConstraint(
                condition=Q(kind=ExceptionKind.OFF) | Q(location__isnull=False), name="hours_exception_extra_has_place"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "day"], name="hours_exception_by_day")]


class Closure(models.Model):
    """Days on which a location, or the whole clinic, is closed: public holidays, holidays of the house."""

    clinic = ClinicKey("closures")
    location = models.ForeignKey("accounts.Location", models.PROTECT, null=True, blank=True, related_name="closures")
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    is_public_holiday = models.BooleanField(_("public holiday"), default=False)

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [owner_key(), SameOwner("location"), not_blank("name"), in_order("starts_on", "ends_on")]
        indexes = [models.Index(fields=["clinic", "starts_on"], name="closure_by_day")]
