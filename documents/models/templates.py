from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, one_of, owner_key, paired
from common.history import tracked
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class DocumentKind(models.TextChoices):
    CONSENT = "consent", _("Consent")
    AFTERCARE = "aftercare", _("Aftercare sheet")
    INSTRUCTIONS = "instructions", _("Instructions before the visit")
    SESSION = "session", _("Session record")
    DECLINE = "decline", _("Letter about a declined request")
    SUMMARY = "summary", _("Summary of the chart")
    LETTER = "letter", _("Letter")
    RECEIPT = "receipt", _("Receipt")


class Template(models.Model):
    """A paper that the clinic issues again and again; its words are in its versions."""

    clinic = ClinicKey("document_templates")
    kind = models.CharField(_("kind"), max_length=15, choices=DocumentKind)
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(_("in use"), default=True)

    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            one_of("kind", DocumentKind),
            not_blank("name"),
            models.UniqueConstraint(fields=["clinic", "slug"], name="document_template_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


TEMPLATE_TRANSITIONS: dict[str, frozenset[str]] = {
    TemplateState.DRAFT: frozenset({TemplateState.PUBLISHED}),
    TemplateState.PUBLISHED: frozenset({TemplateState.RETIRED}),
    TemplateState.RETIRED: frozenset(),
}


class TemplateVersionQuerySet(ClinicQuerySet):
    def published(self) -> "TemplateVersionQuerySet":
        """Keep the versions that are issued today."""
        return self.filter(state=TemplateState.PUBLISHED)

    def drafts(self) -> "TemplateVersionQuerySet":
        """Keep the versions that wait to be published."""
        return self.filter(state=TemplateState.DRAFT)

    def of(self, kind: str, language: str) -> "TemplateVersionQuerySet":
        """Keep the versions of one sort of paper in one language."""
        return self.filter(template__kind=kind, template__is_active=True, language=language)

    def in_order(self) -> "TemplateVersionQuerySet":
        """Order by paper and language, newest first, with the paper they belong to."""
        return self.select_related("template", "created_by", "published_by").order_by(
            "template__name", "language", "-created_at", "-id"
        )


@tracked
class TemplateVersion(models.Model):
    """The words of a paper in one language at one time; once published they never change."""

    clinic = ClinicKey("template_versions")
    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    number = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    body = models.JSONField(_("text"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=TemplateState, default=TemplateState.DRAFT)
    created_at = models.DateTimeField()
    created_by = UserKey()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = UserKey(null=True, blank=True)

    objects = TemplateVersionQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("template"),
            one_of("state", TemplateState),
            paired("published_at", "published_by"),
            models.CheckConstraint(
                condition=Q(state=TemplateState.DRAFT) | Q(published_at__isnull=False),
                name="template_version_published_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["clinic", "template", "language", "number"], name="template_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "template", "language"],
                condition=Q(state=TemplateState.PUBLISHED),
                name="template_version_one_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number} ({self.language})"
