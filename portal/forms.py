"""What a patient fills in: for whom they come, and a consent."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class PersonForm(RefusableForm):
    """For which of one's patients one comes; told apart by the birth date."""

    access = forms.TypedChoiceField(label=_("For whom are you here?"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, accesses: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].choices = [(each.pk, spoken(each.patient)) for each in accesses]


def spoken(patient: Any) -> str:
    """Name a patient so that two of one name are told apart."""
    return _("%(name)s, born %(day)s") % {"name": patient.full_name, "day": date_format(patient.born_on, "j F Y")}


class ConsentForm(RefusableForm):
    """The patient's signature under the text that was shown."""

    understood = forms.BooleanField(
        label=_("I have read this, I could ask my questions, and I agree."),
        error_messages={"required": _("Tick that you have read it and agree, or leave it unsigned.")},
    )
    strokes = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": _("Sign in the box before you send it.")}
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
