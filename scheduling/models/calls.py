from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicKey, UserKey
from common.constraints import SameOwner, one_of, owner_key
from common.natures import Nature, Retention
from common.querysets import ClinicQuerySet
from patients.models import PatientKey


class CallOutcome(models.TextChoices):
    SPOKE = "spoke", _("Spoke with the patient")
    CALLED_US = "called_us", _("The patient called")
    NO_ANSWER = "no_answer", _("Called, no answer")
    LEFT_MESSAGE = "left_message", _("Left a message")


SAYS_ENOUGH = (CallOutcome.NO_ANSWER, CallOutcome.LEFT_MESSAGE)


class CallNoteQuerySet(ClinicQuerySet):
    def saying(self, words: str) -> "CallNoteQuerySet":
        """Keep the calls in whose note, or patient's name, every one of these words stands."""
        found = self
        for word in words.split()[:6]:
            found = found.filter(
                Q(text__icontains=word)
                | Q(patient__given_name__icontains=word)
                | Q(patient__family_name__icontains=word)
                | Q(patient__number__icontains=word)
            )
        return found

    def newest_first(self) -> "CallNoteQuerySet":
        """Order as they are read: the last call first."""
        return self.order_by("-at", "-pk")

    def with_lines(self) -> "CallNoteQuerySet":
        """Bring along what one line of the calls shows."""
        return self.select_related("patient", "by", "appointment__location")


class CallNote(models.Model):
    """A telephone call with a patient, in a few words: what was said, by whom, when; rows are only added."""

    clinic = ClinicKey("call_notes")
    patient = PatientKey(related_name="call_notes")
    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, null=True, blank=True, related_name="call_notes"
    )
    outcome = models.CharField(_("what came of it"), max_length=14, choices=CallOutcome)
    text = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField()
    by = UserKey()

    objects = CallNoteQuerySet.as_manager()
    nature = Nature(Retention.RECORD, personal=("text",), append_only=True)

    class Meta:
        verbose_name, verbose_name_plural = _("call"), _("calls")
        constraints = [
            owner_key(),
            SameOwner("patient"),
            SameOwner("appointment"),
            one_of("outcome", CallOutcome),
            models.CheckConstraint(condition=Q(outcome__in=SAYS_ENOUGH) | ~Q(text=""), name="call_note_says_something"),
        ]
        indexes = [models.Index(fields=["clinic", "-at"], name="call_note_newest")]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
