from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import UserKey
from common.constraints import SameOwner, one_of, owner_key, paired
from common.querysets import ClinicQuerySet


class StatementState(models.TextChoices):
    UNREVIEWED = "unreviewed", _("Not yet reviewed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUTED = "refuted", _("Refuted")
    ENDED = "ended", _("No longer so")


STATEMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    StatementState.UNREVIEWED: frozenset({StatementState.CONFIRMED, StatementState.REFUTED, StatementState.ENDED}),
    StatementState.CONFIRMED: frozenset({StatementState.REFUTED, StatementState.ENDED}),
    StatementState.REFUTED: frozenset({StatementState.CONFIRMED}),
    StatementState.ENDED: frozenset({StatementState.CONFIRMED}),
}


class StatementSource(models.TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    STAFF = "staff", _("Front desk")
    PATIENT = "patient", _("Patient")
    IMPORTED = "import", _("Imported")


class StatementQuerySet(ClinicQuerySet):
    def counting(self) -> "StatementQuerySet":
        """Keep what every check must heed: confirmed facts and those nobody has reviewed yet."""
        return self.filter(state__in=[StatementState.UNREVIEWED, StatementState.CONFIRMED], entered_in_error=False)

    def unreviewed(self) -> "StatementQuerySet":
        """Keep what waits for a clinician."""
        return self.filter(state=StatementState.UNREVIEWED, entered_in_error=False)

    def unchecked(self) -> "StatementQuerySet":
        """Keep what counts, but whose words no rule understands."""
        return self.counting().filter(checked=False)

    def with_history(self) -> "StatementQuerySet":
        """Bring along who said it and who settled it; what waits for a clinician comes first, then the newest."""
        rows = self.filter(entered_in_error=False).select_related("stated_by", "reviewed_by")
        return rows.order_by(F("reviewed_at").desc(nulls_first=True), "-pk")


class Statement(models.Model):
    """Something that somebody said about a patient's health: it counts at once and waits for a clinician."""

    clinic: Any
    patient: Any
    patient_id: int
    checked: Any

    state = models.CharField(max_length=10, choices=StatementState, default=StatementState.UNREVIEWED)
    source = models.CharField(max_length=10, choices=StatementSource)
    note = models.CharField(_("note"), max_length=500, blank=True)
    stated_at = models.DateTimeField()
    stated_by = UserKey()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = UserKey(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            owner_key(),
            SameOwner("patient"),
            one_of("state", StatementState),
            one_of("source", StatementSource),
            paired("reviewed_at", "reviewed_by"),
            models.CheckConstraint(
                condition=Q(state=StatementState.UNREVIEWED) | Q(reviewed_at__isnull=False),
                name="%(app_label)s_%(class)s_reviewed_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error=False) | ~Q(error_reason=""),
                name="%(app_label)s_%(class)s_error_has_reason",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether no clinician has said yet if it is so."""
        return self.state == StatementState.UNREVIEWED

    @property
    def is_counting(self) -> bool:
        """Whether the checks heed it."""
        return self.state in {StatementState.UNREVIEWED, StatementState.CONFIRMED} and not self.entered_in_error
