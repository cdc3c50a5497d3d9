"""Shared tablets: who came in fully on which device today, and the personal PIN that counts for the rest of the day."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.natures import Nature, Retention

MOST_TRIES = 5


class Pin(models.Model):
    """A person's own six digits; worth nothing without a full log-in of the same day on the same device."""

    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="pin")
    digest = models.CharField(max_length=128)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    set_at = models.DateTimeField()

    nature = Nature(Retention.LEDGER, personal=("digest",))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="accounts_pin_five_tries")]

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"

    @property
    def is_locked(self) -> bool:
        """Say whether five wrong tries have closed it until the next log-in with a password."""
        return self.tries >= MOST_TRIES


class DeviceLogInQuerySet(models.QuerySet):
    """Log-ins on devices."""

    def on(self, device: str) -> "DeviceLogInQuerySet":
        """Keep those of one device that nobody has ended, with the person, the longest-standing first."""
        return self.filter(device=device, ended_at=None).select_related("user").order_by("at", "pk")

    def before(self, at: datetime) -> "DeviceLogInQuerySet":
        """Keep those that began before a moment."""
        return self.filter(at__lt=at)


class DeviceLogIn(models.Model):
    """The last full log-in of a person on a device; the device is known by the hash of a cookie."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="device_log_ins")
    device = models.CharField(max_length=64, db_index=True)
    with_second_factor = models.BooleanField()
    auth_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    nature = Nature(Retention.PASSING)

    objects = DeviceLogInQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="accounts_devicelogin_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at:%H:%M}"
