from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import between, not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class KindQuerySet(ClinicQuerySet):
    def active(self) -> "KindQuerySet":
        """Keep what can be booked."""
        return self.filter(is_active=True)

    def with_needs(self) -> "KindQuerySet":
        """Bring along segments, suitable rooms and needed competences."""
        return self.prefetch_related("segments", "rooms", "needs")


class AppointmentKind(models.Model):
    """A sort of visit that can be booked: how long it takes, what it occupies and what it asks of people and rooms."""

    clinic = ClinicKey("appointment_kinds")
    slug = models.SlugField(_("slug"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    buffer_before_minutes = models.PositiveSmallIntegerField(_("minutes before, in the room"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("minutes after, in the room"), default=0)
    needs_course = models.BooleanField(_("only as a visit of a plan"), default=False)
    needs_room = models.BooleanField(_("takes a room"), default=True)
    device_slug = models.SlugField(_("kind of device it takes"), max_length=40, blank=True)
    is_consultation = models.BooleanField(_("consultation"), default=False)
    in_portal = models.BooleanField(_("patients may book it"), default=False)
    colour = models.CharField(_("colour"), max_length=7, default="#0f766e")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    needs = models.ManyToManyField("accounts.Competence", through="KindNeed", related_name="appointment_kinds")
    rooms = models.ManyToManyField("scheduling.Room", through="KindRoom", related_name="kinds")

    objects = KindQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("appointment kind"), _("appointment kinds")
        constraints = [
            owner_key(),
            not_blank("name"),
            between("minutes", 5, 720),
            between("buffer_before_minutes", 0, 240),
            between("buffer_after_minutes", 0, 240),
            models.UniqueConstraint(fields=["clinic", "slug"], name="appointment_kind_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Resource(models.TextChoices):
    PRACTITIONER = "practitioner", _("Practitioner")
    ROOM = "room", _("Room")
    DEVICE = "device", _("Device")
    PATIENT = "patient", _("Patient")


class KindSegment(models.Model):
    """A part of a visit in which a resource is really busy, in minutes from the start; without any, throughout."""

    clinic = ClinicKey("kind_segments")
    kind = models.ForeignKey(AppointmentKind, models.PROTECT, related_name="segments")
    resource = models.CharField(_("resource"), max_length=12, choices=Resource)
    from_minute = models.SmallIntegerField(_("from minute"))
    to_minute = models.SmallIntegerField(_("to minute"))

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("kind"),
            one_of("resource", Resource),
            between("from_minute", -240, 960),
            models.CheckConstraint(
                condition=models.Q(to_minute__gt=models.F("from_minute")), name="kind_segment_has_length"
            ),
            models.UniqueConstraint(
                fields=["clinic", "kind", "resource", "from_minute"], name="kind_segment_start_once"
            ),
        ]


class KindNeed(models.Model):
    """A competence that whoever gives this sort of visit must hold."""

    clinic = ClinicKey("kind_needs")
    kind = models.ForeignKey(AppointmentKind, models.PROTECT, related_name="kind_needs")
    competence = models.ForeignKey("accounts.Competence", models.PROTECT, related_name="kind_needs")

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("kind"),
            SameOwner("competence"),
            models.UniqueConstraint(fields=["clinic", "kind", "competence"], name="kind_need_once"),
        ]


class KindRoom(models.Model):
    """A room that suits this sort of visit; without any, every room of the location does."""

    clinic = ClinicKey("kind_rooms")
    kind = models.ForeignKey(AppointmentKind, models.PROTECT, related_name="kind_rooms")
    room = models.ForeignKey("scheduling.Room", models.PROTECT, related_name="kind_rooms")

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("kind"),
            SameOwner("room"),
            models.UniqueConstraint(fields=["clinic", "kind", "room"], name="kind_room_once"),
        ]
