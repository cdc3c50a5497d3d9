from django.db import models
from django.db.models import F, Q

from accounts.models import ClinicKey, UserKey
from common.checks import not_blank
from common.constraints import SameOwner, owner_key, paired
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models.keys import STAY, PatientKey


class PatientsMergeQuerySet(ClinicQuerySet):
    def standing(self) -> "PatientsMergeQuerySet":
        """Keep the merges that were not undone."""
        return self.filter(undone_at__isnull=True)

    def with_people(self) -> "PatientsMergeQuerySet":
        """Bring along both files and who merged and split them."""
        return self.select_related("from_patient", "to_patient", "merged_by", "undone_by")


class PatientsMerge(models.Model):
    """Two files turned out to be one person; while `applying` is set, closed rows may change their patient alone."""

    clinic = ClinicKey("patients_merges")
    from_patient = PatientKey(related_name="merges_away", on_merge=STAY)
    to_patient = PatientKey(related_name="merges_here", on_merge=STAY)
    applying = models.BooleanField(default=False)
    snapshot = models.BigIntegerField(default=0)  # the row of the history that says how the file that stays was before
    reason = models.CharField(max_length=300)
    merged_at = models.DateTimeField()
    merged_by = UserKey()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = UserKey(null=True, blank=True)

    objects = PatientsMergeQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("reason",))

    class Meta:
        db_table = "patients_merge"
        constraints = [
            owner_key(),
            SameOwner("from_patient"),
            SameOwner("to_patient"),
            not_blank("reason"),
            paired("undone_at", "undone_by"),
            models.CheckConstraint(condition=~Q(from_patient=F("to_patient")), name="patients_merge_two_people"),
        ]


class MergeMove(models.Model):
    """One row that a merge re-pointed, or one value that it set, so that the merge can be undone exactly."""

    clinic = ClinicKey("merge_moves")
    merge = models.ForeignKey(PatientsMerge, models.PROTECT, related_name="moves")
    table = models.CharField(max_length=100)
    column = models.CharField(max_length=100)
    row_id = models.BigIntegerField()

    nature = Nature(Retention.RECORD, append_only=True)

    class Meta:
        constraints = [
            owner_key(),
            SameOwner("merge"),
            models.UniqueConstraint(fields=["clinic", "merge", "table", "column", "row_id"], name="merge_move_once"),
        ]
