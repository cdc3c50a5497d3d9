"""What every form shares: it can be refused in sentences, and a double click sends it once."""

import secrets
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from common.refused import Refused


def new_key() -> str:
    """Make a fresh idempotency key for a form that is about to be shown."""
    return secrets.token_urlsafe(16)


class RefusableForm(forms.Form):
    """A form whose action may say no: the reasons stand above it, and what was typed stays."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].initial = new_key()
        self.refusals: list[Any] = []
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.use_custom_control = False

    def add_refusal(self, refused: Refused) -> None:
        """Put every reason of a refusal above the form, with the links that mend it."""
        self.refusals = list(refused.reasons)
        for reason in refused.reasons:
            self.add_error(None, forms.ValidationError(str(reason.message), code=reason.code))

    @property
    def values(self) -> dict[str, Any]:
        """Give the cleaned fields that belong to the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
