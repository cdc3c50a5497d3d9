"""The clinic, which is the tenant, and the places where it works."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.owned import ClinicKey
from common.constraints import owner_key
from common.natures import Nature, Retention


def known_zone(name: str) -> None:
    """Refuse a time zone that the machine does not know."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone. Write it like Europe/Madrid."), params={"name": name})


class Clinic(models.Model):
    """The clinic that owns everything else; nothing crosses from one clinic to another."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=20, default="ZZ")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_zone])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, default="en")
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=40, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    nature = Nature(Retention.SETTING)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place where the clinic sees patients; its time zone decides what a calendar day is."""

    clinic = ClinicKey("locations")
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[known_zone])
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "name"], name="accounts_location_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
