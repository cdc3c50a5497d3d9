"""By which way a patient may be reached."""

from django import forms

from common.forms import RefusableForm
from patients.models import ContactChannel, ContactPurpose


class ContactConsentForm(RefusableForm):
    """One permission, given or taken back."""

    channel = forms.ChoiceField(choices=ContactChannel.choices)
    purpose = forms.ChoiceField(choices=ContactPurpose.choices)
    given = forms.BooleanField(required=False)
