from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet

COLDEST_C, WARMEST_C = Decimal("2.0"), Decimal("8.0")  # the range on the label of most refrigerated medicines


class DailyListKind(models.TextChoices):
    EMERGENCY_KIT = "emergency_kit", _("Emergency kit")
    FRIDGE = "fridge", _("Fridge")
    DISINFECTION = "disinfection", _("Disinfection of a device")


class Disinfectant(models.TextChoices):
    CHLORHEXIDINE = "chlorhexidine-alcohol", _("Chlorhexidine with alcohol")
    ALCOHOL = "alcohol", _("Alcohol")
    POVIDONE = "povidone-iodine", _("Povidone-iodine")
    QUATERNARY = "quaternary-ammonium", _("Quaternary ammonium")


class DailyListQuerySet(ClinicQuerySet):
    def active(self) -> "DailyListQuerySet":
        """Keep what is gone through every day."""
        return self.filter(is_active=True)

    def in_order(self) -> "DailyListQuerySet":
        """Order as a round through the house: place, kit first, then fridges, then devices."""
        first = models.Case(
            models.When(kind=DailyListKind.EMERGENCY_KIT, then=0),
            models.When(kind=DailyListKind.FRIDGE, then=1),
            default=2,
        )
        return self.order_by("location__name", first, "name")

    def with_place(self) -> "DailyListQuerySet":
        """Bring along where it is and which device it is about."""
        return self.select_related("location", "device")


class DailyList(models.Model):
    """Something of infection control that is looked at every day: a kit, a fridge or a device."""

    clinic = ClinicKey("daily_lists")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="daily_lists")
    kind = models.CharField(_("kind"), max_length=14, choices=DailyListKind)
    name = models.CharField(_("name"), max_length=120)
    device = models.ForeignKey("scheduling.Device", models.PROTECT, null=True, blank=True, related_name="daily_lists")
    things = ArrayField(models.CharField(max_length=120), verbose_name=_("things in it"), default=list, blank=True)
    coldest_c = models.DecimalField(_("not colder than"), max_digits=4, decimal_places=1, null=True, blank=True)
    warmest_c = models.DecimalField(_("not warmer than"), max_digits=4, decimal_places=1, null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = DailyListQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("daily list"), _("daily lists")
        constraints = [
            owner_key(),
            SameOwner("location"),
            SameOwner("device"),
            one_of("kind", DailyListKind),
            not_blank("name"),
            models.UniqueConstraint(fields=["clinic", "location", "name"], name="daily_list_name_once"),
            models.CheckConstraint(
                condition=(
                    ~Q(kind=DailyListKind.FRIDGE) & Q(coldest_c__isnull=True, warmest_c__isnull=True)
                    | Q(kind=DailyListKind.FRIDGE, coldest_c__isnull=False, warmest_c__gt=F("coldest_c"))
                ),
                name="daily_list_fridge_has_range",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DailyListKind.EMERGENCY_KIT) | Q(things__len__gt=0),
                name="daily_list_kit_names_things",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DailyEntryQuerySet(ClinicQuerySet):
    def current(self) -> "DailyEntryQuerySet":
        """Keep what was not corrected by a later entry."""
        return self.filter(corrected_by__isnull=True)

    def on(self, day: date) -> "DailyEntryQuerySet":
        """Keep what was written for one day of its place."""
        return self.filter(on=day)

    def between(self, first: date, last: date) -> "DailyEntryQuerySet":
        """Keep what was written for the days from one to another, both included."""
        return self.filter(on__gte=first, on__lte=last)

    def newest_first(self) -> "DailyEntryQuerySet":
        """Order as the history is read: the last entry first."""
        return self.order_by("-on", "-at", "-pk")

    def with_lines(self) -> "DailyEntryQuerySet":
        """Bring along what one line of the history shows."""
        return self.select_related("daily_list__location", "by", "corrects", "corrected_by__by")


class DailyEntry(models.Model):
    """What somebody found at one of the daily lists; rows are only added, a wrong one is followed by a right one."""

    clinic = ClinicKey("daily_entries")
    daily_list = models.ForeignKey(DailyList, models.PROTECT, related_name="entries")
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))
    by = UserKey()
    is_in_order = models.BooleanField(_("in order"))
    temperature_c = models.DecimalField(_("temperature"), max_digits=4, decimal_places=1, null=True, blank=True)
    findings: Any = models.JSONField(_("what was found"), default=list, blank=True)
    disinfectant = models.CharField(_("disinfectant"), max_length=24, choices=Disinfectant, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "scheduling.DailyEntry", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    objects = DailyEntryQuerySet.as_manager()
    nature = Nature(Retention.LEDGER, append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("daily entry"), _("daily entries")
        constraints = [
            owner_key(),
            SameOwner("daily_list"),
            SameOwner("corrects"),
            models.CheckConstraint(
                condition=Q(disinfectant="") | Q(disinfectant__in=Disinfectant.values),
                name="daily_entry_disinfectant_known",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(note=""), name="daily_entry_correction_says_why"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-on"], name="daily_entry_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.daily_list_id}"
