from datetime import datetime

from django.db import models

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention
from patients.models.keys import CLEAR, PatientKey


class DraftQuerySet(models.QuerySet):
    """What was typed and not saved."""

    def typed_by(self, user: models.Model) -> "DraftQuerySet":
        """Keep what one person has typed."""
        return self.filter(user=user)

    def about(self, subject: str) -> "DraftQuerySet":
        """Keep the drafts of all steps of one page, such as `session:12`."""
        return self.filter(key__startswith=f"{subject}:")

    def before(self, at: datetime) -> "DraftQuerySet":
        """Keep those that nobody has touched since."""
        return self.filter(saved_at__lt=at)


class Draft(models.Model):
    """What somebody has typed into a page and not yet saved, so that nothing is lost when the connection drops."""

    clinic = ClinicKey("drafts")
    user = UserKey(db_index=True)
    patient = PatientKey(related_name="drafts", on_erase=CLEAR, null=True, blank=True)
    key = models.CharField(max_length=120)
    body = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()
    nature = Nature(Retention.PASSING, personal=("body",))

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("patient"),
            models.UniqueConstraint(fields=["clinic", "user", "key"], name="draft_key_once"),
        ]
