import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import after, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.fields import MomentsField
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey, reached_by


class AppointmentStatus(models.TextChoices):
    HELD = "held", _("Held")
    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    IN_ROOM = "in_room", _("In the room")
    DONE = "done", _("Done")
    LEFT = "left", _("Left")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("Did not come")


class Announce(models.TextChoices):
    """What the patient is sent about a visit by itself; one that was agreed elsewhere is not confirmed again."""

    ALL = "all", _("Confirmation and reminders")
    REMINDERS = "reminders", _("Reminders only")
    NOTHING = "nothing", _("Nothing")


_S = AppointmentStatus
NOT_LIVE = (_S.CANCELLED, _S.NO_SHOW)
LIVE = tuple(status for status in _S if status not in NOT_LIVE)
APPOINTMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    _S.HELD: frozenset({_S.BOOKED, _S.CANCELLED}),
    _S.BOOKED: frozenset({_S.CONFIRMED, _S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.CONFIRMED: frozenset({_S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.ARRIVED: frozenset({_S.IN_ROOM}),
    _S.IN_ROOM: frozenset({_S.DONE}),
    _S.DONE: frozenset({_S.LEFT}),
    _S.LEFT: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.NO_SHOW: frozenset(),
}
BUSY_COLUMNS = ("practitioner_busy", "room_busy", "device_busy", "patient_busy")


class AppointmentQuerySet(ClinicQuerySet):
    def live(self) -> "AppointmentQuerySet":
        """Leave out cancelled visits and those to which nobody came."""
        return self.filter(status__in=LIVE)

    def between(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Keep the visits that start in a half-open span."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def on(self, day: date, zone: str | ZoneInfo = "UTC") -> "AppointmentQuerySet":
        """Keep the visits that start on a calendar day of a zone."""
        tz = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
        start = datetime.combine(day, time.min, tzinfo=tz)
        return self.between(start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=tz))

    def upcoming(self, at: datetime | None = None) -> "AppointmentQuerySet":
        """Keep the live visits that still lie ahead, next first."""
        return self.live().filter(starts_at__gte=at or timezone.now()).order_by("starts_at")

    def past(self, at: datetime | None = None) -> "AppointmentQuerySet":
        """Keep the visits that have begun, latest first."""
        return self.filter(starts_at__lt=at or timezone.now()).order_by("-starts_at")

    def holds_expired(self, at: datetime) -> "AppointmentQuerySet":
        """Keep the holds whose time has run out."""
        return self.filter(status=AppointmentStatus.HELD, held_until__lt=at)

    def of_practitioner_user(self, user: Any) -> "AppointmentQuerySet":
        """Keep the visits on this person's own calendar."""
        return self.filter(practitioner__membership__user=user)

    def visible_to(self, user: Any, at: datetime | None = None) -> "AppointmentQuerySet":
        """Keep the visits of the patients whom this person reaches, and those on their own calendar."""
        return self.filter(Q(practitioner__membership__user=user) | reached_by(user, at or timezone.now(), wide=True))

    def with_day_list(self) -> "AppointmentQuerySet":
        """Bring along what one line of the day shows."""
        return self.select_related(
            "patient", "kind", "practitioner__membership__user", "room", "location", "course_visit__course"
        )


def _exclusion(resource: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"appointment_{resource}_free",
        expressions=[("clinic", "="), (resource, "="), (f"{resource}_busy", "&&")],
    )


@tracked
class Appointment(models.Model):
    """A visit: who sees whom, where and when, and the time for which each of them is really taken."""

    clinic = ClinicKey("appointments")
    patient = PatientKey(related_name="appointments")
    kind = models.ForeignKey("scheduling.AppointmentKind", models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", models.PROTECT, related_name="appointments", db_index=False
    )
    room = models.ForeignKey(
        "scheduling.Room", models.PROTECT, null=True, blank=True, related_name="appointments", db_index=False
    )
    device = models.ForeignKey(
        "scheduling.Device", models.PROTECT, null=True, blank=True, related_name="appointments", db_index=False
    )
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="appointments", db_index=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    status = models.CharField(_("status"), max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    held_until = models.DateTimeField(null=True, blank=True)
    practitioner_busy = MomentsField(default=tuple, editable=False)
    room_busy = MomentsField(default=tuple, editable=False)
    device_busy = MomentsField(default=tuple, editable=False)
    patient_busy = MomentsField(default=tuple, editable=False)
    overlap_reason = models.CharField(_("reason for the overlap"), max_length=300, blank=True)
    overlap_by = UserKey(null=True, blank=True)
    overlap_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    cancel_reason = models.CharField(_("reason for the cancellation"), max_length=300, blank=True)
    announce = models.CharField(
        _("what the patient is sent"), max_length=10, choices=Announce, default=Announce.ALL, db_default=Announce.ALL
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()
    booked_by = UserKey()
    changed_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("note", "overlap_reason", "cancel_reason"))

    class Meta:
        verbose_name, verbose_name_plural = _("appointment"), _("appointments")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("kind"),
            SameOwner("practitioner"),
            SameOwner("room"),
            SameOwner("device"),
            SameOwner("location"),
            one_of("status", AppointmentStatus),
            one_of("announce", Announce),
            after("starts_at", "ends_at"),
            paired("overlap_at", "overlap_by"),
            models.CheckConstraint(
                condition=Q(overlap_reason="", overlap_at__isnull=True)
                | (~Q(overlap_reason="") & Q(overlap_at__isnull=False)),
                name="appointment_overlap_has_reason",
            ),
            models.CheckConstraint(
                condition=(Q(status=AppointmentStatus.HELD) & Q(held_until__isnull=False))
                | (~Q(status=AppointmentStatus.HELD) & Q(held_until__isnull=True)),
                name="appointment_hold_ends",
            ),
            models.CheckConstraint(
                condition=~Q(status=AppointmentStatus.CANCELLED) | ~Q(cancel_reason=""),
                name="appointment_cancelled_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NOT_LIVE)
                | Q(practitioner_busy=(), room_busy=(), device_busy=(), patient_busy=()),
                name="appointment_not_live_is_not_busy",
            ),
            models.UniqueConstraint(fields=["clinic", "uid"], name="appointment_uid_once"),
            _exclusion("practitioner"),
            _exclusion("room"),
            _exclusion("device"),
            _exclusion("patient"),
        ]
        indexes = [
            models.Index(fields=["clinic", "practitioner", "starts_at"], name="appointment_practitioner_day"),
            models.Index(fields=["clinic", "room", "starts_at"], name="appointment_room_day"),
            models.Index(fields=["clinic", "starts_at"], name="appointment_day"),
            models.Index(
                fields=["held_until"], condition=Q(status=AppointmentStatus.HELD), name="appointment_expired_holds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.starts_at:%Y-%m-%d %H:%M} UTC"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this visit's day and hour are spoken of."""
        return ZoneInfo(self.location.time_zone)


class StatusChange(models.Model):
    """The moment at which a visit changed its status, and who changed it; rows are only added."""

    clinic = ClinicKey("status_changes")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="status_changes")
    status = models.CharField(max_length=10, choices=AppointmentStatus)
    at = models.DateTimeField()
    by = UserKey()
    reason = models.CharField(max_length=300, blank=True)
    is_undo = models.BooleanField(default=False)

    nature = Nature(Retention.RECORD, personal=("reason",), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("appointment"), one_of("status", AppointmentStatus)]


class AppointmentOverride(models.Model):
    """Somebody booked or moved a visit against a finding, and said why."""

    clinic = ClinicKey("appointment_overrides")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="overrides")
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300)
    by = UserKey()
    at = models.DateTimeField()

    nature = Nature(Retention.RECORD, personal=("reason",), append_only=True)

    class Meta:
        constraints = [owner_key(), SameOwner("appointment"), not_blank("code"), not_blank("reason")]
