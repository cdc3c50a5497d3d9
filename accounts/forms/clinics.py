"""What the clinic is called and how it is reached; its places."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Location
from accounts.models.clinics import known_zone
from common.forms import RefusableForm

CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "RON", "MXN", "BRL", "ARS")
CLINIC = ("name", "phone", "emergency_phone", "email", "time_zone", "language", "currency")
LOCATION = ("name", "address", "phone", "time_zone", "is_active")


def zone_field() -> forms.ChoiceField:
    """A time zone by its name, as Europe/Madrid."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name.replace("_", " ")) for name in ["UTC", *names]],
        validators=[known_zone],
        help_text=_("The clock on the wall: calendar days, reminders and quiet hours follow it."),
    )


class ClinicForm(RefusableForm):
    """The clinic as it stands on papers and messages."""

    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(label=_("Phone"), max_length=40, help_text=_("Patients call it to move a visit."))
    emergency_phone = forms.CharField(
        label=_("Emergency phone"),
        max_length=40,
        help_text=_("It stands on every aftercare sheet; it must be answered."),
    )
    email = forms.EmailField(label=_("E-mail address"), help_text=_("Answers to the clinic's messages arrive there."))
    time_zone = zone_field()
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(name, name) for name in CURRENCIES])

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(clinic, name) for name in CLINIC}, **kwargs)
        choices = self.fields["currency"].choices  # type: ignore[attr-defined]
        if clinic.currency not in CURRENCIES:
            choices.append((clinic.currency, clinic.currency))


class LocationForm(RefusableForm):
    """A place where patients are seen."""

    name = forms.CharField(label=_("Name"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    time_zone = zone_field()
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, clinic: Clinic, location: Location | None = None, **kwargs: Any) -> None:
        known = {name: getattr(location, name) for name in LOCATION} if location else {"time_zone": clinic.time_zone}
        super().__init__(*args, initial=known, **kwargs)
        self.taken = clinic.locations.exclude(pk=location.pk if location else 0)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if self.taken.filter(name=name).exists():
            raise forms.ValidationError(_("There is a place of this name already."))
        return name
