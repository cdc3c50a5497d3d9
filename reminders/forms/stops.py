from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from messaging.models import MessageKind

CHOICES = (
    (MessageKind.REMINDER, _("Reminders two days before a visit")),
    (MessageKind.PREPARATION, _("How to prepare for a visit")),
    (MessageKind.CHECK_IN, _("“How are you?” on the day after")),
    (MessageKind.NODULE_CHECK, _("Short questions in the weeks after")),
)


class StopForm(RefusableForm):
    """Which messages a patient does not want any more by one channel."""

    kinds = forms.MultipleChoiceField(
        label=_("Do not send me"), choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, chosen=(), channel="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].initial = list(chosen)
