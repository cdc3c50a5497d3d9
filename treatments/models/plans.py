from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey, reached_by


class PlanState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REVIEW_DUE = "review_due", _("Review due")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")


_P = PlanState
PLAN_TRANSITIONS: dict[str, frozenset[str]] = {
    _P.ACTIVE: frozenset({_P.PAUSED, _P.REVIEW_DUE, _P.COMPLETED, _P.DISCONTINUED}),
    _P.PAUSED: frozenset({_P.ACTIVE, _P.DISCONTINUED}),
    _P.REVIEW_DUE: frozenset({_P.ACTIVE, _P.PAUSED, _P.COMPLETED, _P.DISCONTINUED}),
    _P.COMPLETED: frozenset(),
    _P.DISCONTINUED: frozenset(),
}
PLAN_LIVE = (PlanState.ACTIVE, PlanState.PAUSED, PlanState.REVIEW_DUE)


class PlanQuerySet(ClinicQuerySet):
    def live(self) -> "PlanQuerySet":
        """Keep the plans that still go on."""
        return self.filter(state__in=PLAN_LIVE)

    def visible_to(self, user: Any, at: datetime | None = None) -> "PlanQuerySet":
        """Keep the plans of this person's own patients; the owner and the nurses read all."""
        own = Q(practitioner__membership__user=user)
        return self.filter(own | reached_by(user, at or timezone.now(), roles=("owner", "nurse")))

    def with_chart(self) -> "PlanQuerySet":
        """Bring along what the page of a plan shows."""
        return self.select_related(
            "patient",
            "protocol",
            "practitioner__membership__user",
            "course__location",
            "location",
            "created_by",
            "version__formulation",
        ).prefetch_related(
            "plan_ingredients__ingredient", "planned_sessions__visit__appointment", "planned_sessions__sessions"
        )

    def latest_first(self) -> "PlanQuerySet":
        """Order by the day on which they start, newest first."""
        return self.order_by("-start_on", "-id")


@tracked
class TreatmentPlan(models.Model):
    """What was agreed with a patient: one protocol, three to fifteen sessions, with whom, from when, at what price."""

    clinic = ClinicKey("plans")
    number = models.CharField(max_length=20, editable=False)
    patient = PatientKey(related_name="plans")
    protocol = models.ForeignKey("treatments.Protocol", models.PROTECT, related_name="plans")
    course = models.OneToOneField("scheduling.Course", models.PROTECT, related_name="plan")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="plans")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="plans")
    version = models.ForeignKey(
        "formulations.FormulationVersion", models.PROTECT, null=True, blank=True, related_name="plans"
    )
    start_on = models.DateField(_("starts on"))
    state = models.CharField(_("state"), max_length=12, choices=PlanState, default=PlanState.ACTIVE)
    state_reason = models.CharField(max_length=500, blank=True)
    price_per_session = models.DecimalField(
        _("price per session"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    aim = models.CharField(_("aim agreed with the patient"), max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = UserKey()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)
    ingredients = models.ManyToManyField(
        "formulations.Ingredient", through="treatments.PlanIngredient", related_name="plans"
    )

    objects = PlanQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("aim", "state_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("plan"), _("plans")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("protocol"),
            SameOwner("course"),
            SameOwner("practitioner"),
            SameOwner("location"),
            SameOwner("version"),
            one_of("state", PlanState),
            at_least("price_per_session", 0),
            paired("ended_at", "ended_by"),
            models.UniqueConstraint(fields=["clinic", "number"], name="plan_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.PAUSED, PlanState.DISCONTINUED]) | ~Q(state_reason=""),
                name="plan_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PLAN_LIVE, ended_at__isnull=True)
                | (~Q(state__in=PLAN_LIVE) & Q(ended_at__isnull=False)),
                name="plan_ended_says_when",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-start_on"], name="plan_by_patient")]

    def __str__(self) -> str:
        return f"{self.number} {self.protocol}"

    @property
    def price_in_total(self) -> Decimal | None:
        """What all sessions cost together, those left out not counted."""
        if self.price_per_session is None:
            return None
        return self.price_per_session * sum(not each.skipped_at for each in self.planned_sessions.all())


class PlanStateChangeQuerySet(ClinicQuerySet):
    """The steps of one plan."""

    def holding(self, code: str) -> "PlanStateChange | None":
        """Give the pause of this code that was said since the plan last went on, if there is one."""
        went_on = self.exclude(state=PlanState.PAUSED).order_by("-pk").first()
        pauses = self.filter(code=code, pk__gt=went_on.pk) if went_on else self.filter(code=code)
        return pauses.order_by("-pk").first()


class PlanStateChange(models.Model):
    """When, by whom and why a plan was paused, resumed, ended; rows are only added."""

    clinic = ClinicKey("plan_state_changes")
    plan = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="state_changes")
    state = models.CharField(max_length=12, choices=PlanState)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("reason",), append_only=True)

    objects = PlanStateChangeQuerySet.as_manager()

    class Meta:
        constraints = [owner_key(), SameOwner("plan"), one_of("state", PlanState)]


class PlanIngredient(models.Model):
    """A substance that the plan will inject: the consent lists it and the screening checks it."""

    clinic = ClinicKey("plan_ingredients")
    plan = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="plan_ingredients")
    ingredient = models.ForeignKey("formulations.Ingredient", models.PROTECT, related_name="plan_ingredients")
    ordinal = models.PositiveSmallIntegerField(default=1)

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("plan"),
            SameOwner("ingredient"),
            models.UniqueConstraint(fields=["clinic", "plan", "ingredient"], name="plan_ingredient_once"),
        ]


class PlannedSessionQuerySet(ClinicQuerySet):
    def open(self) -> "PlannedSessionQuerySet":
        """Keep those that are neither done nor skipped."""
        return self.filter(visit__done_on__isnull=True, visit__skipped=False)

    def unopened(self) -> "PlannedSessionQuerySet":
        """Keep those of which no session is under way or was given."""
        return self.exclude(sessions__state__in=["open", "ended", "signed"])

    def in_order(self) -> "PlannedSessionQuerySet":
        """Order as the plan runs."""
        return self.order_by("plan", "ordinal")

    def with_visit(self) -> "PlannedSessionQuerySet":
        """Bring along the facts that booking keeps."""
        return self.select_related("visit__appointment__practitioner__membership__user", "visit__kind", "plan__course")


@tracked
class PlannedSession(models.Model):
    """One of the sessions of a plan, foreseen when the plan was made; its dates follow from the visit of the course."""

    clinic = ClinicKey("planned_sessions")
    plan = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="planned_sessions")
    ordinal = models.PositiveSmallIntegerField()
    phase = models.PositiveSmallIntegerField()
    visit = models.OneToOneField("scheduling.CourseVisit", models.PROTECT, related_name="planned_session")
    skipped_at = models.DateTimeField(null=True, blank=True)
    skipped_by = UserKey(null=True, blank=True)
    skip_reason = models.CharField(max_length=300, blank=True)

    objects = PlannedSessionQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("skip_reason",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("plan"),
            SameOwner("visit"),
            between("ordinal", 1, 15),
            between("phase", 1, 15),
            paired("skipped_at", "skipped_by"),
            models.CheckConstraint(
                condition=Q(skipped_at__isnull=True) | ~Q(skip_reason=""), name="planned_session_skipped_says_why"
            ),
            models.UniqueConstraint(fields=["clinic", "plan", "ordinal"], name="planned_session_ordinal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan.number} · {self.ordinal}"


class PhaseDecision(models.Model):
    """Whether the plan goes on to its longer interval: a clinical decision, never an automatism."""

    clinic = ClinicKey("phase_decisions")
    plan = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="phase_decisions")
    after_ordinal = models.PositiveSmallIntegerField()
    advance = models.BooleanField()
    improved = models.BooleanField(null=True, blank=True)
    measure = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("reason",), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("plan"), not_blank("reason"), between("after_ordinal", 1, 15)]


class Waiver(models.Model):
    """A finding that somebody set aside for a plan or one of its sessions, with the reason; rows are only added."""

    clinic = ClinicKey("waivers")
    plan = models.ForeignKey(TreatmentPlan, models.PROTECT, related_name="waivers")
    planned_session = models.ForeignKey(PlannedSession, models.PROTECT, null=True, blank=True, related_name="waivers")
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("message", "reason"), append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("plan"),
            SameOwner("planned_session"),
            not_blank("code"),
            not_blank("reason"),
        ]


class Declined(models.Model):
    """A request that the clinic refused: for which patient, which protocol, every reason, and when to look again."""

    clinic = ClinicKey("declines")
    patient = PatientKey(related_name="declines")
    protocol = models.ForeignKey("treatments.Protocol", models.PROTECT, related_name="declines")
    findings = models.JSONField()
    reasons = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    recheck_on = models.DateField(null=True, blank=True)
    document = models.OneToOneField(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="declined"
    )
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("findings", "reasons", "note"))

    class Meta:
        constraints = [owner_key(), SameOwner("patient"), SameOwner("protocol"), SameOwner("document")]


class DelegationQuerySet(ClinicQuerySet):
    def standing(self, day: date) -> "DelegationQuerySet":
        """Keep those that are valid on a day and that nobody has ended."""
        return self.filter(ended_at=None, valid_from__lte=day, valid_until__gte=day)

    def with_people(self) -> "DelegationQuerySet":
        """Bring along who delegates to whom, the newest first."""
        return self.select_related("practitioner__membership__user", "membership__user", "clinic").order_by("-pk")


@tracked
class Delegation(models.Model):
    """A practitioner lets a nurse inject by one protocol, until a day."""

    clinic = ClinicKey("delegations")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="delegations")
    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="delegations")
    protocol_slug = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField()
    given_at = models.DateTimeField()
    given_by = UserKey()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)

    objects = DelegationQuerySet.as_manager()
    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("practitioner"),
            SameOwner("membership"),
            not_blank("protocol_slug"),
            paired("ended_at", "ended_by"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("valid_from")), name="delegation_ends_after_it_begins"
            ),
        ]
