from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import between, in_order, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from formulations.models import Severity
from patients.models import PatientKey, reached_by
from treatments.models.plans import Delegation


class SessionState(models.TextChoices):
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended, not signed")
    SIGNED = "signed", _("Signed")
    ABANDONED = "abandoned", _("Abandoned")


_S = SessionState
SESSION_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.OPEN: frozenset({_S.ENDED, _S.ABANDONED}),
    _S.ENDED: frozenset({_S.SIGNED, _S.ABANDONED}),
    _S.SIGNED: frozenset(),
    _S.ABANDONED: frozenset(),
}


class Antiseptic(models.TextChoices):
    CHLORHEXIDINE_ALCOHOL = "chlorhexidine-alcohol", _("Chlorhexidine in alcohol")
    ALCOHOL = "alcohol", _("Alcohol")
    POVIDONE_IODINE = "povidone-iodine", _("Povidone-iodine")
    QUATERNARY_AMMONIUM = "quaternary-ammonium", _("Quaternary ammonium")


class SessionQuerySet(ClinicQuerySet):
    def open(self) -> "SessionQuerySet":
        """Keep the sessions that are under way."""
        return self.filter(state=SessionState.OPEN)

    def unsigned(self) -> "SessionQuerySet":
        """Keep the sessions that wait for a signature."""
        return self.filter(state__in=[SessionState.OPEN, SessionState.ENDED])

    def signed(self) -> "SessionQuerySet":
        """Keep what is closed for good."""
        return self.filter(state=SessionState.SIGNED)

    def given(self) -> "SessionQuerySet":
        """Keep the sessions in which something was injected."""
        return self.filter(injection_ended_at__isnull=False).exclude(state=SessionState.ABANDONED)

    def on(self, day: date, zone: str | ZoneInfo = "UTC") -> "SessionQuerySet":
        """Keep the sessions that began on a calendar day of a zone."""
        tz = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
        start = datetime.combine(day, time.min, tzinfo=tz)
        end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=tz)
        return self.filter(started_at__gte=start, started_at__lt=end)

    def visible_to(self, user: Any, at: datetime | None = None) -> "SessionQuerySet":
        """Keep the sessions of this person's own patients, those they give, and those delegated to them."""
        moment = at or timezone.now()
        delegated = Delegation.objects.filter(
            practitioner=OuterRef("practitioner"),
            membership__user=user,
            membership__is_active=True,
            ended_at__isnull=True,
            valid_from__lte=moment.date(),
            valid_until__gte=moment.date(),
        )
        own = Q(practitioner__membership__user=user) | Q(Exists(delegated))
        return self.filter(own | reached_by(user, moment))

    def with_chart(self) -> "SessionQuerySet":
        """Bring along what the page of a session shows."""
        return self.select_related(
            "patient",
            "practitioner__membership__user",
            "plan__protocol",
            "planned_session__visit",
            "clinic",
            "location",
            "screening__weight",
            "reaction",
        ).prefetch_related(
            "deviations",
            "session_documents__document",
            "zone_applications__zone",
            "zone_applications__component_uses__movement__lot__product",
            "zone_applications__component_uses__ingredient",
            "session_preparations__preparation__components__pack__lot__product",
            "session_preparations__order__practitioner__membership__user",
            "session_preparations__preparation__components__substances__ingredient",
            "reaction__effects__effect",
            "findings",
            "addenda__by",
        )

    def with_lines(self) -> "SessionQuerySet":
        """Bring along what one line of a list of sessions shows."""
        return self.select_related(
            "patient", "plan__protocol", "planned_session", "practitioner__membership__user", "location"
        )

    def latest_first(self) -> "SessionQuerySet":
        """Order by the moment they began, newest first."""
        return self.order_by("-started_at", "-id")

    def oldest_first(self) -> "SessionQuerySet":
        """Order by the moment they began: what waits longest stands first."""
        return self.order_by("started_at", "id")


@tracked
class TreatmentSession(models.Model):
    """One session as it was given: who, when, with what on the skin; signed once, then amended, never edited."""

    clinic = ClinicKey("treatment_sessions")
    plan = models.ForeignKey("treatments.TreatmentPlan", models.PROTECT, related_name="sessions")
    planned_session = models.ForeignKey("treatments.PlannedSession", models.PROTECT, related_name="sessions")
    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, null=True, blank=True, related_name="treatment_sessions"
    )
    patient = PatientKey(related_name="treatment_sessions")
    practitioner = models.ForeignKey("accounts.Practitioner", models.PROTECT, related_name="treatment_sessions")
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="treatment_sessions")
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.OPEN)
    started_at = models.DateTimeField(_("started"))
    started_by = UserKey()
    time_out_at = models.DateTimeField(null=True, blank=True)
    time_out_by = UserKey(null=True, blank=True)
    anaesthetic = models.JSONField(_("anaesthetic"), default=dict, blank=True)
    antiseptic = models.CharField(_("antiseptic"), max_length=30, choices=Antiseptic, blank=True)
    injected_by = UserKey(null=True, blank=True)
    injection_started_at = models.DateTimeField(_("first injection"), null=True, blank=True)
    injection_ended_at = models.DateTimeField(_("last injection"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    signed_by = UserKey(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    abandoned_by = UserKey(null=True, blank=True)
    abandon_reason = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("note", "anaesthetic", "abandon_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("session"), _("sessions")
        constraints = [
            owner_key(),
            SameOwner("plan"),
            SameOwner("planned_session"),
            SameOwner("appointment"),
            SameOwner("patient"),
            SameOwner("practitioner"),
            SameOwner("location"),
            one_of("state", SessionState),
            paired("time_out_at", "time_out_by"),
            paired("ended_at", "ended_by"),
            paired("signed_at", "signed_by"),
            paired("abandoned_at", "abandoned_by"),
            in_order("injection_started_at", "injection_ended_at"),
            in_order("injection_ended_at", "ended_at"),
            models.CheckConstraint(
                condition=Q(injection_ended_at__isnull=True) | Q(injection_started_at__isnull=False),
                name="session_injection_began_before_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.OPEN, ended_at__isnull=True, signed_at__isnull=True)
                | Q(state=SessionState.ENDED, ended_at__isnull=False, signed_at__isnull=True)
                | Q(state=SessionState.SIGNED, ended_at__isnull=False, signed_at__isnull=False)
                | Q(state=SessionState.ABANDONED, abandoned_at__isnull=False, signed_at__isnull=True),
                name="session_state_fits_its_moments",
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.ABANDONED) | ~Q(abandon_reason=""), name="session_abandoned_says_why"
            ),
            models.UniqueConstraint(
                fields=["clinic", "planned_session"],
                condition=~Q(state=SessionState.ABANDONED),
                name="session_once_per_planned_session",
            ),
            models.UniqueConstraint(
                fields=["clinic", "appointment"],
                condition=~Q(state=SessionState.ABANDONED),
                name="session_once_per_appointment",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "-started_at"], name="session_by_patient"),
            models.Index(fields=["clinic", "-started_at"], name="session_by_day"),
            models.Index(
                fields=["clinic", "practitioner"],
                condition=Q(state__in=["open", "ended"]),
                name="session_unsigned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.number} · {self.planned_session.ordinal}"

    def injected_ml_of(self, preparation: Any) -> Decimal:
        """Add up what was injected of one mix over all zones."""
        rows = self.zone_applications.filter(preparation=preparation)
        return rows.aggregate(total=Sum("volume_ml"))["total"] or Decimal(0)

    @property
    def is_closed(self) -> bool:
        return self.state in (SessionState.SIGNED, SessionState.ABANDONED)


@tracked
class Screening(models.Model):
    """The questions asked before this session, the five that are always asked among them, and what was answered."""

    clinic = ClinicKey("screenings")
    session = models.OneToOneField(TreatmentSession, models.PROTECT, related_name="screening")
    answers = models.JSONField()
    weight = models.ForeignKey(
        "patients.WeightMeasurement", models.PROTECT, null=True, blank=True, related_name="screenings"
    )
    answered_at = models.DateTimeField()
    answered_by = UserKey()

    nature = Nature(Retention.RECORD, personal=("answers",))

    class Meta:
        constraints = [owner_key(), SameOwner("session"), SameOwner("weight")]


class SessionPreparation(models.Model):
    """A mix that was drawn for a session; one mix serves one session."""

    clinic = ClinicKey("session_preparations")
    session = models.ForeignKey(TreatmentSession, models.PROTECT, related_name="session_preparations")
    preparation = models.OneToOneField("formulations.Preparation", models.PROTECT, related_name="session_preparation")
    order = models.ForeignKey(
        "treatments.Order", models.PROTECT, null=True, blank=True, related_name="session_preparations"
    )

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [owner_key(), SameOwner("session"), SameOwner("preparation"), SameOwner("order")]


@tracked
class ImmediateReaction(models.Model):
    """What was seen before the patient left; that nothing was seen is an answer of its own."""

    clinic = ClinicKey("immediate_reactions")
    session = models.OneToOneField(TreatmentSession, models.PROTECT, related_name="reaction")
    none_observed = models.BooleanField(_("none observed"))
    pain = models.PositiveSmallIntegerField(_("pain, 0 to 10"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = UserKey()

    nature = Nature(Retention.RECORD, personal=("note",))

    class Meta:
        constraints = [owner_key(), SameOwner("session"), between("pain", 0, 10)]


@tracked
class ReactionEffect(models.Model):
    """One effect seen before the patient left, with its grade."""

    clinic = ClinicKey("reaction_effects")
    reaction = models.ForeignKey(ImmediateReaction, models.PROTECT, related_name="effects")
    effect = models.ForeignKey("formulations.Effect", models.PROTECT, related_name="reaction_effects")
    grade = models.PositiveSmallIntegerField(_("grade"))
    note = models.CharField(max_length=300, blank=True)

    nature = Nature(Retention.RECORD, personal=("note",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("reaction"),
            SameOwner("effect"),
            between("grade", 1, 5),
            models.UniqueConstraint(fields=["clinic", "reaction", "effect"], name="reaction_effect_once"),
        ]


class FindingStage(models.TextChoices):
    OPENING = "opening", _("On opening")
    SCREENING = "screening", _("Screening")
    TIME_OUT = "time_out", _("Time-out")
    SIGN_OFF = "sign_off", _("Sign-off")


class SessionFinding(models.Model):
    """What a check said during a session; where it was overridden, why and by whom."""

    clinic = ClinicKey("session_findings")
    session = models.ForeignKey(TreatmentSession, models.PROTECT, related_name="findings")
    stage = models.CharField(max_length=10, choices=FindingStage)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=5, choices=Severity)
    subjects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    message = models.TextField()
    source = models.TextField(blank=True)
    found_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    overridden_at = models.DateTimeField(null=True, blank=True)
    overridden_by = UserKey(null=True, blank=True)

    nature = Nature(Retention.RECORD, personal=("message", "reason"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("session"),
            one_of("stage", FindingStage),
            one_of("severity", Severity),
            not_blank("code"),
            paired("overridden_at", "overridden_by"),
            models.CheckConstraint(
                condition=Q(overridden_at__isnull=True) | ~Q(reason=""), name="session_override_says_why"
            ),
        ]


class Deviation(models.Model):
    """Something that was done otherwise than it should have been: recorded and printed; rows are only added."""

    clinic = ClinicKey("deviations")
    session = models.ForeignKey(TreatmentSession, models.PROTECT, related_name="deviations")
    code = models.CharField(max_length=40)
    message = models.TextField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("message", "reason"), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("session"), not_blank("code"), not_blank("reason")]


class Addendum(models.Model):
    """What is added to a session after it was signed; rows are only added."""

    clinic = ClinicKey("addenda")
    session = models.ForeignKey(TreatmentSession, models.PROTECT, related_name="addenda")
    text = models.TextField(_("text"))
    late = models.BooleanField(_("late entry"), default=False)
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, personal=("text",), append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("addendum"), _("addenda")
        constraints = [owner_key(), SameOwner("session"), not_blank("text")]


class SessionDocument(models.Model):
    """A paper that was issued for a session."""

    clinic = ClinicKey("session_documents")
    session = models.ForeignKey(TreatmentSession, models.PROTECT, related_name="session_documents")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="session_document")

    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [owner_key(), SameOwner("session"), SameOwner("document")]
