"""Who works in a clinic, as what, and with which licence."""

from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.owned import ClinicKey
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    PRACTITIONER = "practitioner", _("Practitioner")
    NURSE = "nurse", _("Nurse")
    FRONT_DESK = "front_desk", _("Front desk")
    AUDITOR = "auditor", _("Auditor")


class MembershipQuerySet(models.QuerySet):
    """Memberships of a clinic."""

    def active(self) -> "MembershipQuerySet":
        """Keep the people who work here now."""
        return self.filter(is_active=True, user__is_active=True)

    def gone(self) -> "MembershipQuerySet":
        """Keep the people who no longer work here."""
        return self.filter(is_active=False)

    def with_role(self, role: str) -> "MembershipQuerySet":
        """Keep the people who hold a role."""
        return self.filter(roles__contains=[role])

    def with_person(self) -> "MembershipQuerySet":
        """Bring the person and the licence along, in the order of names."""
        return self.select_related("user", "practitioner__membership__user").order_by("user__display_name")

    def with_competences(self) -> "MembershipQuerySet":
        """Bring along what those who treat were trained for."""
        return self.prefetch_related("practitioner__held_competences__competence")


class Membership(models.Model):
    """One person's place in one clinic, with the roles that decide what they may do."""

    clinic = ClinicKey("memberships")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name=_("roles"))
    is_active = models.BooleanField(_("active"), default=True)
    is_medical_director = models.BooleanField(_("medical director"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    nature = Nature(Retention.LEDGER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "user"], name="accounts_membership_one_per_person"),
            models.CheckConstraint(
                condition=Q(roles__len__gt=0, roles__contained_by=Role.values), name="accounts_membership_roles_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def has_role(self, role: str) -> bool:
        """Say whether the person holds a role here."""
        return role in self.roles

    @property
    def role_names(self) -> str:
        """List the roles in words."""
        return ", ".join(str(Role(role).label) for role in self.roles)


class Competence(models.Model):
    """Something that a person must have been trained for: a protocol, a device."""

    clinic = ClinicKey("competences")
    slug = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=200)

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "slug"], name="accounts_competence_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PractitionerQuerySet(models.QuerySet):
    """People who treat."""

    def active(self) -> "PractitionerQuerySet":
        """Keep those who work here now."""
        return self.filter(membership__is_active=True, membership__user__is_active=True)

    def licensed_on(self, day: date) -> "PractitionerQuerySet":
        """Keep those whose licence is valid on a day."""
        return self.filter(licence_expires_on__gte=day)

    def with_person(self) -> "PractitionerQuerySet":
        """Bring the person along."""
        return self.select_related("membership__user")

    def with_competences(self) -> "PractitionerQuerySet":
        """Bring along what they were trained for."""
        return self.prefetch_related("held_competences__competence")

    def of_user(self, user: models.Model) -> "PractitionerQuerySet":
        """Keep the practitioner that a user is."""
        return self.filter(membership__user=user)


class Practitioner(models.Model):
    """A member who treats patients, under a licence that can expire."""

    clinic = ClinicKey("practitioners")
    membership = models.OneToOneField(Membership, models.PROTECT, related_name="practitioner")
    title = models.CharField(_("title"), max_length=40, blank=True)
    profession = models.CharField(_("profession"), max_length=120)
    licence_number = models.CharField(_("licence number"), max_length=80)
    licence_issuer = models.CharField(_("licence issuer"), max_length=200)
    licence_expires_on = models.DateField(_("licence valid until"))
    insurance = models.CharField(_("insurance"), max_length=200, blank=True)
    may_prescribe = models.BooleanField(_("may prescribe and sign alone"), default=True)
    competences = models.ManyToManyField(Competence, through="PractitionerCompetence", related_name="practitioners")

    nature = Nature(Retention.LEDGER, personal=("licence_number", "insurance"))

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("membership"),
            models.UniqueConstraint(
                fields=["clinic", "licence_issuer", "licence_number"], name="accounts_practitioner_licence_once"
            ),
        ]

    def __str__(self) -> str:
        name = self.membership.user.display_name
        return f"{self.title} {name}".strip()

    def is_licensed_on(self, day: date) -> bool:
        """Say whether the licence holds on a day."""
        return self.licence_expires_on >= day


class PractitionerCompetenceQuerySet(models.QuerySet):
    """What practitioners were trained for."""

    def with_names(self) -> "PractitionerCompetenceQuerySet":
        """Bring the names along, in their order."""
        return self.select_related("competence", "practitioner__membership__user").order_by("competence__name", "pk")


class PractitionerCompetence(models.Model):
    """That a practitioner was trained for something, and until when that counts."""

    clinic = ClinicKey("practitioner_competences")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="held_competences")
    competence = models.ForeignKey(Competence, models.PROTECT, related_name="holders")
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    nature = Nature(Retention.LEDGER)

    objects = PractitionerCompetenceQuerySet.as_manager()

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("practitioner"),
            SameOwner("competence"),
            models.UniqueConstraint(
                fields=["clinic", "practitioner", "competence"], name="accounts_practitionercompetence_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner}: {self.competence}"

    def counts_on(self, day: date) -> bool:
        """Say whether this may be relied on, on a day."""
        return self.valid_until is None or self.valid_until >= day


class ApiTokenQuerySet(models.QuerySet):
    """Keys of the machine's door."""

    def usable(self, at: datetime) -> "ApiTokenQuerySet":
        """Keep the tokens that open the door at a moment."""
        return self.filter(revoked_at=None, membership__is_active=True, membership__user__is_active=True).filter(
            Q(expires_at=None) | Q(expires_at__gt=at)
        )

    def with_person(self) -> "ApiTokenQuerySet":
        """Bring the person along as whom the key acts, the newest key first."""
        return self.select_related("membership__user").order_by("-created_at", "-pk")


class ApiToken(models.Model):
    """A key by which a program acts as one member of one clinic; only its hash is kept."""

    clinic = ClinicKey("api_tokens")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    nature = Nature(Retention.LEDGER)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [owner_key(), SameOwner("membership")]

    def __str__(self) -> str:
        return self.name


class StepUp(models.Model):
    """A short-lived proof that a member of the API has just shown the password or a code again."""

    clinic = ClinicKey("step_ups")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="step_ups")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    nature = Nature(Retention.PASSING)

    class Meta:
        constraints = [owner_key(), SameOwner("membership")]

    def __str__(self) -> str:
        return f"{self.membership} until {self.expires_at:%H:%M}"
