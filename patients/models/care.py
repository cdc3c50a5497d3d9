from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, Membership, Practitioner, UserKey
from common.checks import after, not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import PatientKey

WIDE_ROLES = ("owner", "nurse", "front_desk", "auditor")


def reached_by(
    user: Any, at: datetime, *, patient: str = "patient", wide: bool = False, roles: tuple[str, ...] = ()
) -> Q:
    """Rows of the patients that are this person's own: care team, running emergency access, or the only practitioner.

    `patient` is the path from the row to its patient ("" when the row is the patient); `wide` adds the roles that
    reach every patient of the clinic, `roles` adds just those named.
    """
    path = f"{patient}_id" if patient else "pk"
    mine = Membership.objects.filter(clinic=OuterRef("clinic"), user=user, is_active=True)
    colleagues = Practitioner.objects.filter(clinic=OuterRef("clinic"), membership__is_active=True).exclude(
        membership__user=user
    )
    own = Q(
        Exists(CareTeam.objects.standing().filter(patient=OuterRef(path), membership__user=user)),
    ) | Q(Exists(EmergencyAccess.objects.running(at).filter(patient=OuterRef(path), opened_by=user)))
    alone = Q(Exists(mine.filter(practitioner__isnull=False))) & ~Q(Exists(colleagues))
    reaching = list(WIDE_ROLES) if wide else list(roles)
    if reaching:
        return own | alone | Q(Exists(mine.filter(roles__overlap=reaching)))
    return own | alone


class CareTeamQuerySet(ClinicQuerySet):
    def standing(self) -> "CareTeamQuerySet":
        """Keep those who still look after the patient."""
        return self.filter(ended_at__isnull=True)

    def with_people(self) -> "CareTeamQuerySet":
        """Bring the people along, in the order in which they joined."""
        return self.select_related("membership__user").order_by("joined_at", "pk")


class CareTeamReason(models.TextChoices):
    BOOKING = "booking", _("Appointment")
    PLAN = "plan", _("Treatment plan")
    SESSION = "session", _("Session")
    NAMED = "named", _("Named by hand")


@tracked
class CareTeam(models.Model):
    """One member of staff who looks after one patient, and therefore may open the clinical chart."""

    clinic = ClinicKey("care_teams")
    patient = PatientKey(related_name="care_team")
    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="care_teams")
    reason = models.CharField(max_length=10, choices=CareTeamReason)
    joined_at = models.DateTimeField()
    joined_by = UserKey()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = UserKey(null=True, blank=True)

    objects = CareTeamQuerySet.as_manager()
    nature = Nature(Retention.RECORD)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("membership"),
            one_of("reason", CareTeamReason),
            paired("ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["clinic", "patient", "membership"],
                condition=Q(ended_at__isnull=True),
                name="care_team_member_once",
            ),
        ]


class EmergencyAccessQuerySet(ClinicQuerySet):
    def running(self, at: datetime) -> "EmergencyAccessQuerySet":
        """Keep the accesses that have not run out."""
        return self.filter(opened_at__lte=at, until__gt=at)


class EmergencyAccess(models.Model):
    """Somebody opened the chart of a patient who is not theirs, said why, and may read it for four hours."""

    clinic = ClinicKey("emergency_accesses")
    patient = PatientKey(related_name="emergency_accesses")
    opened_by = UserKey()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=500)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = UserKey(null=True, blank=True)

    objects = EmergencyAccessQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("reason",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            not_blank("reason"),
            after("opened_at", "until"),
            paired("reviewed_at", "reviewed_by"),
        ]
        indexes = [models.Index(fields=["clinic", "opened_by", "until"], name="emergency_access_running")]
