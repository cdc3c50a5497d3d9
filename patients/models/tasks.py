from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, Role, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import PatientKey

CLINICIAN = "clinician"  # the task of any nurse or practitioner


class TaskKind(models.TextChoices):
    REVIEW_STATEMENT = "review_statement", _("Review what was stated")
    RED_ANSWER = "red_answer", _("Red answer")
    CALL = "call", _("Call")
    FOLLOW_UP = "follow_up", _("Follow up")
    DEVIATION = "deviation", _("Deviation")
    PHASE_DECISION = "phase_decision", _("Phase decision")
    SIDE_EFFECT = "side_effect", _("Side effect")
    MESSAGE_IN_DOUBT = "message_in_doubt", _("Message in doubt")
    DOCUMENT_FAILED = "document_failed", _("Document not made")
    STOCK = "stock", _("Stock")
    OTHER = "other", _("Other")


class TaskQuerySet(ClinicQuerySet):
    def open(self) -> "TaskQuerySet":
        """Keep what is still to be done."""
        return self.filter(done_at__isnull=True)

    def due_by(self, day: date) -> "TaskQuerySet":
        """Keep what is due on a day or was due before it."""
        return self.filter(Q(due_on__isnull=True) | Q(due_on__lte=day))

    def for_member(self, membership: Any) -> "TaskQuerySet":
        """Keep what this member of staff should do: named, meant for one of their roles, or for nobody."""
        roles = [*membership.roles, ""]
        if {Role.PRACTITIONER, Role.NURSE} & set(membership.roles):
            roles.append(CLINICIAN)
        return self.filter(Q(assignee=membership) | Q(assignee__isnull=True, role__in=roles))

    def chosen(self, membership: Any, *, show: str = "mine", patient: int | None = None) -> "TaskQuerySet":
        """Keep what the worklist was asked for: mine, all, or what is done; of one patient or of all."""
        rows = self.filter(patient=patient) if patient else self
        if show == "done":
            return rows.filter(done_at__isnull=False).order_by("-done_at", "-id")
        return (rows.open() if show == "all" else rows.open().for_member(membership)).hardest_first()

    def hardest_first(self) -> "TaskQuerySet":
        """Order as the worklist shows them: red first, then by the day they are due."""
        return self.order_by("-is_red", models.F("due_on").asc(nulls_last=True), "id")

    def with_worklist(self) -> "TaskQuerySet":
        """Bring along what one line of the worklist shows."""
        return self.select_related("patient", "assignee__user", "done_by")


class Task(models.Model):
    """Something that somebody of the clinic still has to do, whichever part of the house it came from."""

    clinic = ClinicKey("tasks")
    patient = PatientKey(related_name="tasks", null=True, blank=True)
    kind = models.CharField(max_length=20, choices=TaskKind)
    text = models.CharField(_("text"), max_length=500)
    is_red = models.BooleanField(default=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=20, blank=True)
    assignee = models.ForeignKey(
        "accounts.Membership", models.PROTECT, null=True, blank=True, related_name="assigned_tasks"
    )
    link = models.CharField(max_length=300, blank=True)
    reason_key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    created_by = UserKey()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = UserKey(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)

    objects = TaskQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("text", "outcome"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("assignee"),
            one_of("kind", TaskKind),
            not_blank("text"),
            paired("done_at", "done_by"),
            models.UniqueConstraint(
                fields=["clinic", "reason_key"],
                condition=~Q(reason_key="") & Q(done_at__isnull=True),
                name="task_one_open_per_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "due_on"], condition=Q(done_at__isnull=True), name="task_open_by_day")
        ]
