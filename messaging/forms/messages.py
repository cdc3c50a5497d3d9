"""What staff decides about a message in doubt."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class DecideForm(RefusableForm):
    """Ask the patient if you can; sending it again may mean that it comes twice."""

    decision = forms.ChoiceField(
        label=_("What shall happen with it?"),
        widget=forms.RadioSelect,
        choices=[
            ("resend", _("Send it again. The patient may receive it twice.")),
            ("arrived", _("It arrived. Leave it.")),
            ("dismiss", _("It is not needed any more. Leave it.")),
        ],
    )
