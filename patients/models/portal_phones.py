from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.contacts import ContactChannel
from patients.models.keys import CLEAR, PatientKey

MOST_TRIES = 5


class PortalCodeQuerySet(ClinicQuerySet):
    def usable(self, at: datetime) -> "PortalCodeQuerySet":
        """Keep the codes that have not run out, opened nothing yet and were not guessed at too often."""
        return self.filter(used_at__isnull=True, expires_at__gt=at, tries__lt=MOST_TRIES)

    def proven(self, at: datetime) -> "PortalCodeQuerySet":
        """Keep the codes that were typed rightly and still wait to hear for whom."""
        return self.filter(used_at__isnull=False, expires_at__gt=at, tries__lt=MOST_TRIES)


class PortalCode(models.Model):
    """Six digits on their way to a patient's own address; several patients of one address share one ticket.

    The digits stand nowhere: they are derived from the ticket when the message leaves and when they come back.
    """

    clinic = ClinicKey("portal_codes")
    patient = PatientKey(related_name="portal_codes", on_erase=CLEAR)
    channel = models.CharField(max_length=10, choices=ContactChannel)
    ticket_sha256 = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = PortalCodeQuerySet.as_manager()
    nature = Nature(Retention.PASSING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("channel", ContactChannel),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="portal_code_runs_out"),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="portal_code_five_tries"),
        ]


class PortalPhoneQuerySet(ClinicQuerySet):
    def remembered(self, at: datetime) -> "PortalPhoneQuerySet":
        """Keep the phones that nobody forgot and whose time has not run out, last used first."""
        return self.filter(forgotten_at__isnull=True, expires_at__gt=at).order_by("-seen_at", "-pk")


class PortalPhone(models.Model):
    """A phone that opens the plain pages of the portal without a new code; known by the hash of a cookie."""

    clinic = ClinicKey("portal_phones")
    access = models.ForeignKey("patients.PortalAccess", models.PROTECT, related_name="phones")
    secret_sha256 = models.CharField(max_length=64, db_index=True)
    label = models.CharField(max_length=80)
    remembered_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)
    forgotten_by = UserKey(null=True, blank=True)

    objects = PortalPhoneQuerySet.as_manager()
    nature = Nature(Retention.PASSING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("access"),
            paired("forgotten_at", "forgotten_by"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("remembered_at")), name="portal_phone_runs_out"),
            models.UniqueConstraint(fields=["clinic", "secret_sha256"], name="portal_phone_secret_once"),
        ]
