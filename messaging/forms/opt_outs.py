"""What a patient does not want to receive any more."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class OptOutForm(RefusableForm):
    """Nothing at all, or nothing of this sort."""

    everything = forms.ChoiceField(
        label=_("What shall not be sent any more?"),
        widget=forms.RadioSelect,
        choices=[("kind", _("Messages of this kind")), ("all", _("Nothing at all to this address"))],
    )
