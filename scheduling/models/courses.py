from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least, between, in_order, not_blank
from common.constraints import SameOwner, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class CourseQuerySet(ClinicQuerySet):
    def live(self) -> "CourseQuerySet":
        """Keep the courses that still go on."""
        return self.filter(is_live=True)

    def with_visits(self) -> "CourseQuerySet":
        """Bring along the visits, in order, with their appointments."""
        visits = CourseVisit.objects.select_related("appointment", "kind").order_by("ordinal")
        return self.prefetch_related(models.Prefetch("visits", queryset=visits))


@tracked
class Course(models.Model):
    """What booking must know of a treatment plan: whose it is, when it may start, and whether something stops it."""

    clinic = ClinicKey("courses")
    patient = PatientKey(related_name="courses")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", models.PROTECT, null=True, blank=True, related_name="courses"
    )
    location = models.ForeignKey("accounts.Location", models.PROTECT, related_name="courses")
    label = models.CharField(_("label"), max_length=200)
    page_url = models.CharField(max_length=300, blank=True)
    start_on = models.DateField(_("starts on"))
    is_live = models.BooleanField(default=True)
    blocked_code = models.CharField(max_length=40, blank=True)
    blocked_sentence = models.CharField(max_length=500, blank=True)
    blocked_url = models.CharField(max_length=300, blank=True)

    objects = CourseQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("label", "blocked_sentence"))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("practitioner"),
            SameOwner("location"),
            not_blank("label"),
            models.CheckConstraint(
                condition=Q(blocked_code="", blocked_sentence="") | (~Q(blocked_code="") & ~Q(blocked_sentence="")),
                name="course_block_explains_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked_code)


class CourseVisitQuerySet(ClinicQuerySet):
    def open(self) -> "CourseVisitQuerySet":
        """Keep the visits that are neither done nor skipped."""
        return self.filter(done_on__isnull=True, skipped=False)

    def unbooked(self) -> "CourseVisitQuerySet":
        """Keep the open visits without a live appointment."""
        return self.open().filter(Q(appointment__isnull=True) | Q(appointment__status__in=["cancelled", "no_show"]))

    def in_order(self) -> "CourseVisitQuerySet":
        """Order as the course runs."""
        return self.order_by("course", "ordinal")


@tracked
class CourseVisit(models.Model):
    """One visit of a course: how many days after the one before, whether a label binds that, and where it is booked."""

    clinic = ClinicKey("course_visits")
    course = models.ForeignKey(Course, models.PROTECT, related_name="visits")
    ordinal = models.PositiveSmallIntegerField(_("number"))
    kind = models.ForeignKey("scheduling.AppointmentKind", models.PROTECT, related_name="course_visits")
    min_days = models.PositiveSmallIntegerField(_("earliest, days after the one before"))
    max_days = models.PositiveSmallIntegerField(_("latest, days after the one before"))
    label_bound = models.BooleanField(default=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    skipped = models.BooleanField(default=False)
    consent_until = models.DateField(null=True, blank=True)
    reassessed_at = models.DateTimeField(null=True, blank=True)
    reassessed_by = UserKey(null=True, blank=True)
    reassessment_reason = models.CharField(max_length=500, blank=True)
    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, null=True, blank=True, related_name="course_visit"
    )

    objects = CourseVisitQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("reassessment_reason",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("course"),
            SameOwner("kind"),
            SameOwner("appointment"),
            between("ordinal", 1, 15),
            at_least("min_days", 0),
            in_order("min_days", "max_days"),
            paired("reassessed_at", "reassessed_by"),
            models.CheckConstraint(
                condition=Q(skipped=False) | Q(done_on__isnull=True), name="course_visit_skipped_is_not_done"
            ),
            models.UniqueConstraint(
                fields=["clinic", "course", "ordinal"],
                name="course_visit_ordinal_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
