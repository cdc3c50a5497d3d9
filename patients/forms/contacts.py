"""By which way a patient may be reached, what to heed, and who looks after them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from patients.models import AlertKind, ContactChannel, ContactPurpose


class ContactConsentForm(RefusableForm):
    """One permission, given or taken back."""

    channel = forms.ChoiceField(choices=ContactChannel.choices)
    purpose = forms.ChoiceField(choices=ContactPurpose.choices)
    given = forms.BooleanField(required=False)


class AlertForm(RefusableForm):
    """A warning for every page of a patient."""

    text = forms.CharField(label=_("What everybody must know"), max_length=300)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AlertKind.choices,
        initial=AlertKind.ACCESS,
        help_text=_("The words of a clinical alert are read by nurses and practitioners only."),
    )


class CareTeamForm(RefusableForm):
    """A colleague who shall look after a patient."""

    membership = forms.ModelChoiceField(label=_("Colleague"), queryset=None)  # the clinic's own, set by the view

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = colleagues  # type: ignore[attr-defined]
