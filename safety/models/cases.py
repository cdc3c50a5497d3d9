from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey, reached_by
from treatments.models import Side


class CaseState(models.TextChoices):
    NEW = "new", _("New")
    REVIEWING = "reviewing", _("Being looked at")
    WAITING = "waiting", _("Waiting")
    TREATED = "treated", _("Treated")
    CLOSED = "closed", _("Closed")


_S = CaseState
CASE_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.NEW: frozenset({_S.REVIEWING, _S.WAITING, _S.TREATED, _S.CLOSED}),
    _S.REVIEWING: frozenset({_S.WAITING, _S.TREATED, _S.CLOSED}),
    _S.WAITING: frozenset({_S.REVIEWING, _S.TREATED, _S.CLOSED}),
    _S.TREATED: frozenset({_S.REVIEWING, _S.WAITING, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.REVIEWING}),
}


class Seriousness(models.TextChoices):
    DEATH = "death", _("Death")
    LIFE_THREATENING = "life_threatening", _("Life-threatening")
    HOSPITALISATION = "hospitalisation", _("Hospitalisation")
    DISABILITY = "disability", _("Disability")
    CONGENITAL_ANOMALY = "congenital_anomaly", _("Congenital anomaly")
    MEDICALLY_IMPORTANT = "medically_important", _("Medically important")


class CaseOutcome(models.TextChoices):
    RECOVERED = "recovered", _("Recovered")
    RECOVERING = "recovering", _("Recovering")
    NOT_RECOVERED = "not_recovered", _("Not recovered")
    SEQUELAE = "sequelae", _("Recovered with sequelae")
    FATAL = "fatal", _("Fatal")
    UNKNOWN = "unknown", _("Not known")


class ActionTaken(models.TextChoices):
    NONE = "none", _("None")
    DOSE_CHANGED = "dose_changed", _("Dose changed")
    INGREDIENT_DROPPED = "ingredient_dropped", _("Ingredient dropped")
    PLAN_PAUSED = "plan_paused", _("Plan paused")
    PLAN_STOPPED = "plan_stopped", _("Plan stopped")


class Reporter(models.TextChoices):
    STAFF = "staff", _("Staff")
    PATIENT = "patient", _("Patient")


class CaseQuerySet(ClinicQuerySet):
    def open(self) -> "CaseQuerySet":
        """Keep the cases that are not closed."""
        return self.exclude(state=CaseState.CLOSED)

    def pausing(self) -> "CaseQuerySet":
        """Keep the open cases that hold a plan back and that no practitioner has lifted."""
        return self.open().filter(pauses_plan=True, lifted_at__isnull=True)

    def waiting_to_be_read(self) -> "CaseQuerySet":
        """Keep the cases that nobody has looked at yet."""
        return self.filter(state=CaseState.NEW)

    def told_by_patients(self) -> "CaseQuerySet":
        """Keep what patients told of themselves."""
        return self.filter(reporter=Reporter.PATIENT)

    def red_first(self) -> "CaseQuerySet":
        """Order as the list shows them: red ones first, then the newest."""
        return self.order_by("-is_red", "-reported_at", "-id")

    def visible_to(self, user: Any, at: datetime | None = None) -> "CaseQuerySet":
        """Keep the cases of the patients whom this person reaches; the owner and the nurses see all."""
        return self.filter(reached_by(user, at or timezone.now(), roles=("owner", "nurse")))

    def with_list(self) -> "CaseQuerySet":
        """Bring along what one line of the list shows."""
        likely_first = Suspect.objects.select_related("lot__product").order_by("-in_window", "latency_hours", "lot")
        return self.select_related("patient", "effect", "session__plan", "zone").prefetch_related(
            models.Prefetch("suspects", likely_first)
        )

    def with_detail(self) -> "CaseQuerySet":
        """Bring along what the page of a case shows."""
        return self.select_related(
            "patient__clinic",
            "effect",
            "zone",
            "plan__course",
            "plan__protocol",
            "session__planned_session",
            "reported_by",
            "lifted_by",
            "closed_by",
        )


@tracked
class SideEffectCase(models.Model):
    """A side effect of one patient: how hard, how serious and how expected are three separate facts."""

    clinic = ClinicKey("side_effects")
    patient = PatientKey(related_name="side_effects")
    session = models.ForeignKey(
        "treatments.TreatmentSession", models.PROTECT, null=True, blank=True, related_name="side_effects"
    )
    plan = models.ForeignKey(
        "treatments.TreatmentPlan", models.PROTECT, null=True, blank=True, related_name="side_effects"
    )
    effect = models.ForeignKey("formulations.Effect", models.PROTECT, related_name="side_effects")
    zone = models.ForeignKey("treatments.Zone", models.PROTECT, null=True, blank=True, related_name="side_effects")
    side = models.CharField(_("side"), max_length=8, choices=Side, blank=True)
    onset_at = models.DateTimeField(_("began"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    serious = ArrayField(models.CharField(max_length=20, choices=Seriousness), default=list, blank=True)
    expected = models.BooleanField()
    expected_basis = models.CharField(max_length=300)
    is_red = models.BooleanField(default=False)
    pauses_plan = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.NEW)
    reporter = models.CharField(max_length=8, choices=Reporter, default=Reporter.STAFF)
    told = models.JSONField(default=dict, blank=True)
    narrative = models.TextField(_("what happened"), blank=True)
    treatment = models.TextField(_("treatment"), blank=True)
    action_taken = models.CharField(max_length=20, choices=ActionTaken, default=ActionTaken.NONE)
    outcome = models.CharField(_("outcome"), max_length=15, choices=CaseOutcome, default=CaseOutcome.UNKNOWN)
    resolved_on = models.DateField(_("over since"), null=True, blank=True)
    reported_at = models.DateTimeField()
    reported_by = UserKey()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = UserKey(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = UserKey(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.CharField(max_length=300, blank=True)

    objects = CaseQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("told", "narrative", "treatment", "lift_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("side effect"), _("side effects")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("session"),
            SameOwner("plan"),
            SameOwner("effect"),
            SameOwner("zone"),
            one_of("state", CaseState),
            one_of("reporter", Reporter),
            one_of("action_taken", ActionTaken),
            one_of("outcome", CaseOutcome),
            between("grade", 1, 5),
            models.CheckConstraint(
                condition=Q(serious__contained_by=Seriousness.values), name="side_effect_seriousness_known"
            ),
            paired("lifted_at", "lifted_by"),
            paired("closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lift_reason=""), name="side_effect_lifted_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False)
                | (~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True)),
                name="side_effect_closed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error=False) | ~Q(error_reason=""), name="side_effect_error_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-reported_at"], name="side_effect_by_patient"),
            models.Index(
                fields=["clinic", "-reported_at"], condition=~Q(state=CaseState.CLOSED), name="side_effect_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effect}, {self.onset_at:%Y-%m-%d}"

    @property
    def serious_labels(self) -> list[Any]:
        """Give the criteria of seriousness in words."""
        return [Seriousness(each).label for each in self.serious]


class Suspect(models.Model):
    """A lot that may have caused a side effect: proposed from the chain, ticked or not by a clinician."""

    clinic = ClinicKey("suspects")
    case = models.ForeignKey(SideEffectCase, models.PROTECT, related_name="suspects")
    lot = models.ForeignKey("formulations.Lot", models.PROTECT, related_name="suspicions")
    session = models.ForeignKey("treatments.TreatmentSession", models.PROTECT, related_name="suspicions")
    latency_hours = models.IntegerField()
    in_window = models.BooleanField()
    pre_ticked = models.BooleanField()
    ticked = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)

    nature = Nature(Retention.RECORD, personal=("note",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("case"),
            SameOwner("lot"),
            SameOwner("session"),
            at_least("latency_hours", 0),
            models.UniqueConstraint(fields=["clinic", "case", "lot", "session"], name="suspect_once"),
        ]


class CaseStep(models.Model):
    """One step in the history of a case: reviewed, waiting, treated, lifted, closed; rows are only added."""

    clinic = ClinicKey("case_steps")
    case = models.ForeignKey(SideEffectCase, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=CaseState)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("note",), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("case"), one_of("state", CaseState)]
