from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import UserKey
from common.checks import at_least, not_blank
from common.constraints import one_of, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet


class Review(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


REVIEW_TRANSITIONS: dict[str, frozenset[str]] = {
    Review.PROPOSED: frozenset({Review.APPROVED, Review.RETIRED}),
    Review.APPROVED: frozenset({Review.RETIRED}),
    Review.RETIRED: frozenset(),
}


class Origin(models.TextChoices):
    REFERENCE = "reference", _("Reference catalogue")
    CLINIC = "clinic", _("This clinic")


class Severity(models.TextChoices):
    BLOCK = "block", _("Block")
    WARN = "warn", _("Warning")
    NOTE = "note", _("Note")


class ReferenceQuerySet(ClinicQuerySet):
    def current(self) -> "ReferenceQuerySet":
        """Keep the version of each row that the clinic works with."""
        return self.filter(review=Review.APPROVED)

    def proposed(self) -> "ReferenceQuerySet":
        """Keep the changes that wait for the medical director."""
        return self.filter(review=Review.PROPOSED)

    def by_slug(self) -> dict[str, Any]:
        """The current rows, keyed by slug."""
        return {row.slug: row for row in self.current()}


class ReferenceRow(models.Model):
    """A row of the clinic's copy of the catalogue: versioned, with its source, signed where a director must."""

    slug = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.REFERENCE)
    review = models.CharField(max_length=10, choices=Review, default=Review.PROPOSED)
    source = models.TextField(_("source"), blank=True)
    loaded_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = UserKey(null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()
    nature = Nature(Retention.SETTING)

    class Meta:
        abstract = True
        constraints = [
            owner_key(),
            models.UniqueConstraint(fields=["clinic", "slug", "version"], name="%(app_label)s_%(class)s_version_once"),
            models.UniqueConstraint(
                fields=["clinic", "slug"],
                condition=Q(review=Review.APPROVED),
                name="%(app_label)s_%(class)s_one_current",
            ),
            one_of("origin", Origin),
            one_of("review", Review),
            paired("signed_at", "signed_by"),
            not_blank("slug"),
            at_least("version", 1),
        ]

    @property
    def is_confirmed(self) -> bool:
        """Whether the row may stop somebody: its source is firm, or the medical director has signed it."""
        doubtful = (
            "to be confirmed" in self.source
            or "general medical knowledge" in self.source
            or ("general knowledge" in self.source)
        )
        return self.signed_at is not None or not doubtful
