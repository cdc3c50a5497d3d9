from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.checks import at_least
from common.constraints import SameOwner, owner_key
from common.natures import Nature, Retention


class CheckIn(models.Model):
    """A patient answered the question after a session: all is well; a trouble becomes a case instead."""

    clinic = ClinicKey("check_ins")
    session = models.ForeignKey("treatments.TreatmentSession", models.PROTECT, related_name="check_ins")
    day = models.PositiveSmallIntegerField(_("days after the session"))
    at = models.DateTimeField()
    by = UserKey()

    nature = Nature(Retention.RECORD, append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("session"),
            at_least("day", 1),
            models.UniqueConstraint(fields=["clinic", "session", "day"], name="check_in_once"),
        ]
