from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey
from common.checks import between, in_order, not_blank
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from formulations.models import EvidenceGrade, ReferenceQuerySet, ReferenceRow, Severity, words


class ProtocolStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    RESTRICTED = "restricted", _("Restricted")


class Domain(models.TextChoices):
    AESTHETIC = "aesthetic", _("Aesthetic")
    PAIN = "pain", _("Pain")
    VASCULAR = "vascular", _("Vascular")


class ProtocolQuerySet(ReferenceQuerySet):
    def offered(self) -> "ProtocolQuerySet":
        """Keep what a plan may be made from without clinic policy saying more."""
        return self.current().filter(status=ProtocolStatus.ACTIVE)


class Protocol(ReferenceRow):
    """How an indication is treated: how many sessions, how far apart, with what, how deep, and how it is measured."""

    clinic = ClinicKey("protocols")
    indication = models.CharField(_("indication"), max_length=80)
    name = models.CharField(_("name"), max_length=160)
    status = models.CharField(_("status"), max_length=12, choices=ProtocolStatus)
    domain = models.CharField(_("domain"), max_length=12, choices=Domain)
    min_sessions = models.PositiveSmallIntegerField()
    max_sessions = models.PositiveSmallIntegerField()
    default_sessions = models.PositiveSmallIntegerField()
    phases = models.CharField(max_length=120)
    hard_min_days = models.PositiveSmallIntegerField(null=True, blank=True)
    typical_ingredients = words()
    technique = words()
    depth_min_mm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    depth_max_mm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    needle = models.CharField(max_length=120, blank=True)
    outcome_measures = words()
    evidence_grade = models.CharField(max_length=4, choices=EvidenceGrade)
    evidence_note = models.TextField()
    internal_note = models.TextField(blank=True)
    needs = models.ManyToManyField("accounts.Competence", through="ProtocolNeed", related_name="protocols")

    objects = ProtocolQuerySet.as_manager()

    class Meta(ReferenceRow.Meta):
        verbose_name, verbose_name_plural = _("protocol"), _("protocols")
        constraints = [
            *ReferenceRow.Meta.constraints,
            not_blank("name"),
            not_blank("phases"),
            one_of("status", ProtocolStatus),
            one_of("domain", Domain),
            one_of("evidence_grade", EvidenceGrade),
            models.CheckConstraint(
                condition=Q(
                    min_sessions__gte=3,
                    default_sessions__gte=F("min_sessions"),
                    max_sessions__gte=F("default_sessions"),
                    max_sessions__lte=15,
                ),
                name="protocol_three_to_fifteen_sessions",
            ),
            in_order("depth_min_mm", "depth_max_mm"),
        ]

    def __str__(self) -> str:
        return self.name


class ProtocolNeed(models.Model):
    """A competence that whoever treats by this protocol must hold."""

    clinic = ClinicKey("protocol_needs")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="protocol_needs")
    competence = models.ForeignKey("accounts.Competence", models.PROTECT, related_name="protocol_needs")

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("protocol"),
            SameOwner("competence"),
            models.UniqueConstraint(fields=["clinic", "protocol", "competence"], name="protocol_need_once"),
        ]


class Side(models.TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    MIDLINE = "midline", _("Midline")
    NOT_APPLICABLE = "na", _("Not applicable")


class ZoneQuerySet(ReferenceQuerySet):
    def injectable(self) -> "ZoneQuerySet":
        """Leave out the areas where nobody injects."""
        return self.current().exclude(region="no-inject")


class Zone(ReferenceRow):
    """A zone of the body: the sides it has, the chart it is drawn on, and whether injecting there is forbidden."""

    clinic = ClinicKey("zones")
    name = models.CharField(_("name"), max_length=120)
    region = models.CharField(max_length=20)
    sides = words(8)
    chart = models.CharField(max_length=40, blank=True)
    forbid = models.CharField(max_length=80, blank=True)

    objects = ZoneQuerySet.as_manager()

    class Meta(ReferenceRow.Meta):
        constraints = [*ReferenceRow.Meta.constraints, not_blank("name"), not_blank("region")]

    def __str__(self) -> str:
        return self.name


class PolicyScope(models.TextChoices):
    INGREDIENT = "ingredient", _("Only where an ingredient lists it")
    PLAN = "plan", _("Any plan")


class Override(models.TextChoices):
    NONE = "none", _("Nobody")
    PRACTITIONER = "practitioner", _("Practitioner")
    DIRECTOR = "director", _("Medical director")


class ConditionPolicy(ReferenceRow):
    """What a condition means for a plan or an ingredient: stop or decide, and who may; `slug` numbers its rows."""

    clinic = ClinicKey("condition_policies")
    condition = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField(default=1)
    applies_to = words(120)
    scope = models.CharField(max_length=12, choices=PolicyScope)
    severity = models.CharField(max_length=5, choices=Severity)
    override = models.CharField(max_length=12, choices=Override)

    class Meta(ReferenceRow.Meta):
        constraints = [
            *ReferenceRow.Meta.constraints,
            not_blank("condition"),
            one_of("scope", PolicyScope),
            one_of("severity", Severity),
            one_of("override", Override),
        ]


class Washout(ReferenceRow):
    """How many days before and after a session something must not happen, and how the patient is asked."""

    clinic = ClinicKey("washouts")
    days_before = models.PositiveSmallIntegerField()
    days_after = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=200)
    severity = models.CharField(max_length=5, choices=Severity)
    asked_as = models.CharField(max_length=200)

    class Meta(ReferenceRow.Meta):
        constraints = [
            *ReferenceRow.Meta.constraints,
            between("days_before", 0, 365),
            between("days_after", 0, 365),
            one_of("severity", Severity),
        ]
