"""What is typed about a patient's health."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import PastDayField
from common.decimals import DecimalField
from common.forms import RefusableForm
from patients.models import AllergySeverity


class NamedForm(RefusableForm):
    """A statement by its name."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))


class AllergyForm(NamedForm):
    """What a patient reacts to."""

    severity = forms.ChoiceField(label=_("Severity"), choices=AllergySeverity.choices, required=False)
    reaction = forms.CharField(label=_("What happened"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Allergy")

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "severity": self.cleaned_data["severity"] or AllergySeverity.UNKNOWN}


class ConditionForm(NamedForm):
    """An illness or state."""

    since_on = PastDayField(label=_("Since"), required=False, widget=forms.TextInput({"data-js": "date-echo"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Illness or condition")


class MedicineForm(NamedForm):
    """A medicine that is taken."""

    dose = forms.CharField(label=_("Dose"), max_length=120, required=False)
    last_taken_on = PastDayField(
        label=_("Last taken"), required=False, widget=forms.TextInput({"data-js": "date-echo"})
    )
    prescribed = forms.BooleanField(label=_("Prescribed by a doctor"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Medicine")


class WeightForm(RefusableForm):
    """A weight of one day."""

    weight_kg = DecimalField(label=_("Weight (kg)"), minimum=2, maximum=400, decimal_places=2)
    measured_on = PastDayField(
        label=_("Measured on"),
        required=False,
        help_text=_("Empty means today."),
        widget=forms.TextInput({"data-js": "date-echo"}),
    )


class ConfirmForm(RefusableForm):
    """It is so."""


class RefuteForm(RefusableForm):
    """It is not so, and why."""

    reason = forms.CharField(label=_("Why it is not so"), max_length=500)


class EndForm(RefusableForm):
    """It was so until a day."""

    ended_on = PastDayField(
        label=_("Ended on"),
        required=False,
        help_text=_("Empty means today."),
        widget=forms.TextInput({"data-js": "date-echo"}),
    )


class IdentifyForm(RefusableForm):
    """What a name stands for."""

    slugs = forms.MultipleChoiceField(
        label=_("This is"),
        required=False,
        help_text=_("None of them means: known, and no rule asks about it."),
        widget=forms.SelectMultiple({"size": 12}),
    )

    def __init__(self, *args: Any, known: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slugs"].choices = sorted(known.items(), key=lambda pair: pair[1])  # type: ignore[attr-defined]
