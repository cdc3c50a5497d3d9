from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class TemplateQuerySet(ClinicQuerySet):
    def published(self) -> "TemplateQuerySet":
        """Keep the words that were put in force, newest version first."""
        return self.filter(published_at__isnull=False).order_by("-version")

    def drafts(self) -> "TemplateQuerySet":
        """Keep the words that nobody has put in force yet."""
        return self.filter(published_at__isnull=True)


class MessageTemplate(models.Model):
    """One version of a clinic's own words for one sort of message in one language; once in force it is kept as it is.

    What is left empty is said in the words that came with the house.
    """

    clinic = ClinicKey("message_templates")
    words = models.CharField(_("message"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    subject_line = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    sms = models.CharField(_("short message"), max_length=480, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = UserKey()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = UserKey(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        verbose_name, verbose_name_plural = _("words of a message"), _("words of messages")
        constraints = [
            owner_key(),
            not_blank("words"),
            not_blank("language"),
            paired("published_at", "published_by"),
            models.UniqueConstraint(
                fields=["clinic", "words", "language", "version"], name="message_template_version_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "words", "language"],
                condition=Q(published_at__isnull=True),
                name="message_template_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} {self.language} v{self.version}"
