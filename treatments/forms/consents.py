"""Presenting, signing and taking back a consent."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from treatments.tables.consents import OPTIONS

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class PresentForm(RefusableForm):
    """What the patient allows beside the treatment: each asked by itself, none answered beforehand."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in OPTIONS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages={"required": _("Ask the patient: yes or no.")},
            )

    @property
    def questions(self) -> list[Any]:
        """The fields that ask for yes or no."""
        return [self[name] for name in OPTIONS]

    @property
    def options(self) -> dict[str, bool]:
        """The answers."""
        return {name: self.cleaned_data[name] == "yes" for name in OPTIONS}


class SignForm(RefusableForm):
    """A signature, drawn or typed, under the text that was shown."""

    strokes = forms.CharField(required=False, max_length=1_000_000, widget=forms.HiddenInput)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    typed_name = forms.CharField(label=_("Or type your full name"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Read what the pad drew; without a drawing the typed name must be there."""
        cleaned = super().clean() or {}
        try:
            drawn = json.loads(cleaned.get("strokes") or "[]")
        except ValueError as error:
            raise forms.ValidationError(gettext("The signature could not be read. Please sign again.")) from error
        cleaned["strokes"] = drawn if isinstance(drawn, list) else []
        if not cleaned["strokes"] and not cleaned.get("typed_name", "").strip():
            raise forms.ValidationError(gettext("Sign with a finger, a pen or the mouse, or type the full name."))
        return cleaned


class KioskForm(SignForm):
    """The patient's own signature."""

    understood = forms.BooleanField(
        label=_("I have read and understood this, and my questions were answered."),
        error_messages={"required": _("Tick this if it is so, or ask us first.")},
    )

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "understood"}


class WithdrawForm(RefusableForm):
    """Why a consent is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The patient need not give one; then write that."),
    )
