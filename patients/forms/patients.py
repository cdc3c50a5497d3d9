"""What is typed about a person."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common import phones
from common.dates import PastDayField
from common.decimals import DecimalField
from common.forms import RefusableForm
from patients.forms.fields import LinesField, NamesField, PhoneField
from patients.models import Sex

ROMAN = ("I", "II", "III", "IV", "V", "VI")
PHOTOTYPES = [("", _("Not known")), *((number, roman) for number, roman in enumerate(ROMAN, 1))]
HERE_ALREADY = _("Somebody like this is here already. Look at the list, or say that this is somebody else.")


def text(label: Any, most: int, *, help_text: Any = "") -> forms.CharField:
    """A line of text that may stay empty."""
    widget = forms.TextInput({"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, widget=widget)


class PatientForm(RefusableForm):
    """Who somebody is and how to reach them."""

    given_name = text(_("Given name"), 120)
    family_name = text(_("Family name"), 120)
    preferred_name = text(_("Preferred name"), 120, help_text=_("How the patient wants to be called."))
    born_on = PastDayField(
        label=_("Date of birth"),
        widget=forms.TextInput({"data-js": "date-echo", "autocomplete": "bday"}),
        help_text=_("Like 1985-03-02 or 02/03/1985."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    gender = text(_("Gender"), 60)
    pronouns = text(_("Pronouns"), 60)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phone = PhoneField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"})
    )
    address_line_1 = text(_("Address"), 200)
    address_line_2 = text(_("Address, second line"), 200)
    postal_code = text(_("Postal code"), 20)
    city = text(_("Town"), 120)
    national_number = text(_("National or insurance number"), 40)
    phototype = forms.TypedChoiceField(
        label=_("Skin phototype"), choices=PHOTOTYPES, coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].region = phones.region_of(clinic.jurisdiction, clinic.phone)  # type: ignore[attr-defined]
        self.fields["language"].initial = clinic.language

    def clean(self) -> Any:
        values = super().clean()
        missing = not values.get("given_name") and not values.get("family_name")
        if missing and not {"given_name", "family_name"} & set(self.errors):
            self.add_error("given_name", _("Write a given name or a family name."))
        return values


class PatientRegisterForm(PatientForm):
    """A person who is new here, with what they say about their health."""

    weight_kg = DecimalField(label=_("Weight (kg)"), required=False, minimum=2, maximum=400, decimal_places=2)
    allergies = LinesField(label=_("Allergies"), required=False, max_length=4000, help_text=_("One a line."))
    conditions = LinesField(label=_("Illnesses and conditions"), required=False, max_length=4000)
    medicines = LinesField(label=_("Medicines"), required=False, max_length=4000)
    team = forms.ModelMultipleChoiceField(
        label=_("Who will treat"),
        queryset=None,  # the clinic's own
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They may open the chart at once, and agree a plan."),
    )
    is_somebody_else = forms.BooleanField(
        label=_("I have looked: this is somebody else"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, clinic=clinic, **kwargs)
        people = clinic.memberships.active().with_person().filter(practitioner__isnull=False)
        self.fields["team"].queryset = people.order_by("user__display_name")  # type: ignore[attr-defined]

    ALIKE = ("given_name", "family_name", "born_on", "phone", "email")

    def likeness(self) -> dict[str, Any]:
        """Give what was typed so far that tells one person from another; what is wrong or half typed is left out."""
        self.is_valid()
        return {name: self.cleaned_data[name] for name in self.ALIKE if self.cleaned_data.get(name)}

    def ask_whether_new(self) -> None:
        """Ask whoever registers to look at those who may be the same person."""
        self.fields["is_somebody_else"].widget = forms.CheckboxInput()
        self.add_error("is_somebody_else", HERE_ALREADY)

    @property
    def person(self) -> dict[str, Any]:
        """Give what the registration needs."""
        return {name: value for name, value in self.values.items() if name != "is_somebody_else"}


class PatientEditForm(PatientForm):
    """Corrections to a file."""

    former_names = NamesField(
        label=_("Former names"), required=False, max_length=600, help_text=_("With commas between them.")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, patient: Any, data: Any = None) -> "PatientEditForm":
        """Give the form of a file, filled in."""
        initial = {name: getattr(patient, name) for name in cls.base_fields if hasattr(patient, name)}
        return cls(data, initial=initial, clinic=patient.clinic)


class SearchForm(forms.Form):
    """What somebody is looked for by."""

    q = forms.CharField(required=False, max_length=200, strip=True)

    @property
    def text(self) -> str:
        """Give what was typed, or nothing where it cannot be looked for."""
        return self.cleaned_data.get("q", "") if self.is_valid() else ""
