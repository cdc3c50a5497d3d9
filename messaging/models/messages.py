from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import CLEAR, ContactChannel, PatientKey, reached_by


class MessageState(models.TextChoices):
    HELD = "held", _("Held back for a moment")
    QUEUED = "queued", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Came back")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent")
    UNKNOWN = "unknown", _("In doubt")


_M = MessageState
MESSAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    _M.HELD: frozenset({_M.QUEUED, _M.SUPPRESSED}),
    _M.QUEUED: frozenset({_M.CLAIMED, _M.SUPPRESSED}),
    _M.CLAIMED: frozenset({_M.SENT, _M.FAILED, _M.UNKNOWN, _M.QUEUED, _M.SUPPRESSED}),
    _M.SENT: frozenset({_M.DELIVERED, _M.BOUNCED}),
    _M.DELIVERED: frozenset(),
    _M.BOUNCED: frozenset(),
    _M.FAILED: frozenset(),
    _M.SUPPRESSED: frozenset(),
    _M.UNKNOWN: frozenset({_M.SENT, _M.FAILED}),
}


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", _("Confirmation")
    CHANGE = "change", _("Change")
    PREPARATION = "preparation", _("How to prepare")
    REMINDER = "reminder", _("Reminder")
    AFTERCARE = "aftercare", _("Aftercare")
    CHECK_IN = "check_in", _("How are you?")
    NODULE_CHECK = "nodule_check", _("Check for lumps")
    PORTAL_LINK = "portal_link", _("Link to the portal")
    CONSENT = "consent", _("Consent to read and sign")
    STAFF = "staff", _("To the clinic")


class MessageQuerySet(ClinicQuerySet):
    def due(self, at: datetime) -> "MessageQuerySet":
        """Keep what should go out now: queued and due, or held and no longer to be held; what rides along waits."""
        held_over = Q(state=MessageState.HELD, held_until__lte=at)
        return self.filter(Q(state=MessageState.QUEUED) | held_over, due_at__lte=at, carried_by__isnull=True)

    def abandoned(self, stale_before: datetime) -> "MessageQuerySet":
        """Keep what a relay claimed and never reported on: nobody knows whether it went out."""
        return self.filter(state=MessageState.CLAIMED, claimed_at__lt=stale_before)

    def in_doubt(self) -> "MessageQuerySet":
        """Keep what may or may not have reached the patient; staff decides."""
        return self.filter(state=MessageState.UNKNOWN)

    def waiting(self) -> "MessageQuerySet":
        """Keep what has not left the house."""
        return self.filter(state__in=[MessageState.HELD, MessageState.QUEUED])

    def about(self, kind: str, pk: int) -> "MessageQuerySet":
        """Keep the messages about one thing, such as ("appointment", 12)."""
        return self.filter(subject_kind=kind, subject_id=pk)

    def visible_to(self, user: Any, at: datetime | None = None) -> "MessageQuerySet":
        """Keep the messages to the patients whom this person reaches."""
        return self.filter(reached_by(user, at or timezone.now(), wide=True))

    def latest_first(self) -> "MessageQuerySet":
        """Order by the moment they are due, latest first."""
        return self.order_by("-due_at", "-id")


class Message(models.Model):
    """A message to one person for one reason: the key makes a second one for the same reason impossible."""

    clinic = ClinicKey("messages")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind)
    offset_minutes = models.IntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel)
    recipient = models.CharField(_("to"), max_length=254)
    patient = PatientKey(related_name="messages", on_erase=CLEAR, null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.QUEUED)
    state_reason = models.CharField(max_length=300, blank=True)
    context = models.JSONField(default=dict, blank=True)
    subject_line = models.CharField(_("subject"), max_length=200, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    rendered_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = UserKey()
    due_at = models.DateTimeField(_("due"))
    held_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)
    carried_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="riders", verbose_name=_("part of the letter")
    )

    objects = MessageQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("recipient", "context", "subject_line", "body_text", "body_html"))

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("carried_by"),
            one_of("kind", MessageKind),
            one_of("channel", ContactChannel),
            one_of("state", MessageState),
            not_blank("recipient"),
            not_blank("subject_kind"),
            models.UniqueConstraint(
                fields=[
                    "clinic",
                    "subject_kind",
                    "subject_id",
                    "kind",
                    "offset_minutes",
                    "version",
                    "channel",
                    "recipient",
                ],
                name="message_one_per_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.HELD) | Q(held_until__isnull=False), name="message_held_until_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MessageState.SENT, MessageState.DELIVERED]) | Q(sent_at__isnull=False),
                name="message_sent_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SUPPRESSED) | ~Q(state_reason=""), name="message_suppressed_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[MessageState.HELD, MessageState.QUEUED]),
                name="message_waiting",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state=MessageState.CLAIMED), name="message_claimed"),
            models.Index(fields=["subject_kind", "subject_id"], name="message_subject"),
            models.Index(fields=["clinic", "patient", "-created_at"], name="message_by_patient"),
        ]


class DeliveryEvent(models.Model):
    """What happened to a message on its way; rows are only added."""

    clinic = ClinicKey("delivery_events")
    message = models.ForeignKey(Message, models.PROTECT, related_name="delivery_events")
    state = models.CharField(max_length=10, choices=MessageState)
    at = models.DateTimeField()
    detail = models.CharField(max_length=500, blank=True)

    nature = Nature(Retention.RECORD, personal=("detail",), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("message"), one_of("state", MessageState)]


class OptOutQuerySet(ClinicQuerySet):
    def standing(self) -> "OptOutQuerySet":
        """Keep the refusals that were not taken back."""
        return self.filter(lifted_at__isnull=True)


class OptOut(models.Model):
    """An address to which nothing of one sort may be sent any more; `kind` empty means nothing at all."""

    clinic = ClinicKey("opt_outs")
    patient = PatientKey(related_name="opt_outs", on_erase=CLEAR, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=ContactChannel)
    recipient = models.CharField(max_length=254)
    kind = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()
    by = UserKey()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = UserKey(null=True, blank=True)

    objects = OptOutQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("recipient",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("channel", ContactChannel),
            models.UniqueConstraint(
                fields=["clinic", "channel", "recipient", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="opt_out_once",
            ),
        ]
