from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.contacts import Relation
from patients.models.keys import CLEAR, PatientKey


class PortalAccessQuerySet(ClinicQuerySet):
    def standing(self) -> "PortalAccessQuerySet":
        """Keep the accesses that nobody ended."""
        return self.filter(ended_at__isnull=True)


class PortalAccess(models.Model):
    """A person who may see one patient's part of the portal: the patient, or somebody who speaks for them."""

    clinic = ClinicKey("portal_accesses")
    user = UserKey(related_name="portal_accesses", db_index=True)
    patient = PatientKey(related_name="portal_accesses", on_erase=CLEAR)
    relation = models.CharField(max_length=10, choices=Relation, default=Relation.SELF)
    given_at = models.DateTimeField()
    given_by = UserKey()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)

    objects = PortalAccessQuerySet.as_manager()
    nature = Nature(Retention.CONTACT)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("relation", Relation),
            paired("ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["clinic", "user", "patient"], condition=Q(ended_at__isnull=True), name="portal_access_once"
            ),
        ]


class LinkPurpose(models.TextChoices):
    LOG_IN = "log_in", _("Open the portal")
    SIGN_CONSENT = "sign_consent", _("Read and sign a consent")
    CONFIRM = "confirm", _("Confirm an appointment")
    REPORT = "report", _("Report a reaction")
    ANSWER = "answer", _("Answer the questions before a visit")


class PortalLinkQuerySet(ClinicQuerySet):
    def usable(self, at: datetime) -> "PortalLinkQuerySet":
        """Keep the links that were neither used nor withdrawn, and have not run out."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)

    def latest_first(self) -> "PortalLinkQuerySet":
        """Order by when they were made, newest first, with who made them."""
        return self.select_related("created_by").order_by("-created_at", "-pk")


class PortalLink(models.Model):
    """A link with one purpose and one use, sent to a patient; only the hash of its token is kept."""

    clinic = ClinicKey("portal_links")
    patient = PatientKey(related_name="portal_links", on_erase=CLEAR)
    access = models.ForeignKey(PortalAccess, models.PROTECT, null=True, blank=True, related_name="links")
    purpose = models.CharField(max_length=12, choices=LinkPurpose)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    token_sha256 = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    created_by = UserKey()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PortalLinkQuerySet.as_manager()
    nature = Nature(Retention.PASSING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("access"),
            one_of("purpose", LinkPurpose),
            models.UniqueConstraint(fields=["clinic", "token_sha256"], name="portal_link_token_once"),
        ]
