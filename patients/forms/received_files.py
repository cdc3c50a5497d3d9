"""A paper that comes from outside."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import PastDayField
from common.forms import RefusableForm
from patients.models import ReceivedFileKind

ACCEPT = "application/pdf,image/jpeg,image/png,image/webp,image/heic,image/heif"


class ReceivedFileForm(RefusableForm):
    """The file, and what it is."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG, WebP or HEIC, up to 20 MB."),
        widget=forms.ClearableFileInput({"accept": ACCEPT}),
    )
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=ReceivedFileKind.choices, initial=ReceivedFileKind.LETTER)
    dated_on = PastDayField(
        label=_("Date on the paper"), required=False, widget=forms.TextInput({"autocomplete": "off"})
    )


class ErrorForm(RefusableForm):
    """What is wrong with an entry."""

    reason = forms.CharField(
        label=_("What is wrong with it?"), max_length=300, widget=forms.TextInput({"autocomplete": "off"})
    )
