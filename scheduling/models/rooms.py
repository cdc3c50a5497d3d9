from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import not_blank
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class PlaceQuerySet(ClinicQuerySet):
    def active(self) -> "PlaceQuerySet":
        """Keep what is in use."""
        return self.filter(is_active=True)


class Room(models.Model):
    """A room of a location in which a visit takes place."""

    clinic = ClinicKey("rooms")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PlaceQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("room"), _("rooms")
        constraints = [
            owner_key(),
            SameOwner("location"),
            not_blank("name"),
            models.UniqueConstraint(fields=["clinic", "location", "name"], name="room_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A device that a visit may need and that can be at one place at a time."""

    clinic = ClinicKey("devices")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="devices")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="devices")
    slug = models.SlugField(_("kind of device"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PlaceQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("device"), _("devices")
        constraints = [
            owner_key(),
            SameOwner("location"),
            SameOwner("room"),
            not_blank("name"),
            models.UniqueConstraint(fields=["clinic", "location", "name"], name="device_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
