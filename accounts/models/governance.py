"""What a clinic has decided, what waits for a second person, and what was already sent once."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.owned import ClinicKey, UserKey
from common.constraints import owner_key, paired
from common.natures import Nature, Retention


class PolicyQuerySet(models.QuerySet):
    """Decisions of a clinic."""

    def newest(self, key: str) -> "PolicyQuerySet":
        """Order the versions of one decision, newest first."""
        return self.filter(key=key).order_by("-version")

    def with_people(self) -> "PolicyQuerySet":
        """Bring along who decided and who approved."""
        return self.select_related("owned_by", "approved_by")


class Policy(models.Model):
    """One version of one decision of the clinic: its value, source, owner, approver and date; never changed."""

    clinic = ClinicKey("policies")
    key = models.CharField(_("decision"), max_length=120)
    version = models.PositiveIntegerField(_("version"))
    value = models.JSONField(_("value"))
    source = models.TextField(_("source"), blank=True)
    owned_by = UserKey(null=True)
    approved_by = UserKey(null=True)
    effective_on = models.DateField(_("in force from"))
    created_at = models.DateTimeField(auto_now_add=True)

    nature = Nature(Retention.SETTING)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "key", "version"], name="accounts_policy_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class ApprovalQuerySet(models.QuerySet):
    """Requests for a second person."""

    def open(self, at: datetime) -> "ApprovalQuerySet":
        """Keep those that nobody has settled and that have not expired."""
        return self.filter(approved_at=None, cancelled_at=None, expires_at__gt=at)


class Approval(models.Model):
    """An act that needs a second person: what exactly was asked, by whom, and who agreed."""

    clinic = ClinicKey("approvals")
    kind = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    body = models.JSONField(default=dict)
    body_sha256 = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    requested_by = UserKey()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = UserKey(null=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = UserKey(null=True)
    expires_at = models.DateTimeField()

    nature = Nature(Retention.LEDGER)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            owner_key(),
            paired("approved_at", "approved_by"),
            paired("cancelled_at", "cancelled_by"),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("requested_by")) | models.Q(approved_by=None),
                name="accounts_approval_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject_id}"


class IdempotencyKey(models.Model):
    """That a request was already answered, and how; the second click gets the first answer."""

    clinic = ClinicKey("idempotency_keys")
    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    nature = Nature(Retention.PASSING, personal=("response",))

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "principal", "key"], name="accounts_idempotencykey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Counter(models.Model):
    """The last public number given out, locked while the next one is taken: gapless and unique."""

    clinic = ClinicKey("counters")
    name = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0)

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "name"], name="accounts_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
