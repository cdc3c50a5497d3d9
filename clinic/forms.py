"""What an owner decides about the house itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class BackupForm(RefusableForm):
    """When the backup of the night is taken, and how many nights are kept."""

    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("On the clinic's clock. People can work meanwhile."),
    )
    keep = forms.IntegerField(label=_("Nights that are kept"), min_value=2, max_value=400)
