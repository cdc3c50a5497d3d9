"""The calendar's set-up: rooms, kinds of visit, hours, days that differ, closures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from scheduling.models import ExceptionKind, Weekday


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A calendar day that lies near today."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}), **options)


class SetUpForm(RefusableForm):
    """A form about the calendar of one clinic: what can be chosen is the clinic's own."""

    def __init__(self, *args: Any, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = {
            "location": clinic.locations.filter(is_active=True).order_by("name"),
            "practitioner": clinic.practitioners.active().with_person(),
            "room": clinic.rooms.active().order_by("position", "name"),
            "rooms": clinic.rooms.active().order_by("position", "name"),
        }
        for name, rows in chosen.items():
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if "location" in self.fields and self.fields["location"].required:
            self.fields["location"].initial = chosen["location"].first()


class RoomForm(SetUpForm):
    """A room."""

    name = forms.CharField(label=_("Name"), max_length=120)
    location = forms.ModelChoiceField(label=_("Location"), queryset=None)
    position = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=999, initial=0)


class RoomEditForm(SetUpForm):
    """A room that is there already."""

    name = forms.CharField(label=_("Name"), max_length=120)
    position = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=999)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class KindForm(SetUpForm):
    """A sort of visit."""

    name = forms.CharField(label=_("Name"), max_length=120)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=720, initial=30)
    buffer_before_minutes = forms.IntegerField(
        label=_("Minutes before, in the room"), min_value=0, max_value=240, initial=0
    )
    buffer_after_minutes = forms.IntegerField(
        label=_("Minutes after, in the room"), min_value=0, max_value=240, initial=0
    )
    needs_course = forms.BooleanField(label=_("Only as a visit of a plan"), required=False)
    needs_room = forms.BooleanField(label=_("Takes a room"), required=False, initial=True)
    rooms = forms.ModelMultipleChoiceField(
        label=_("Suitable rooms"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every room suits."),
    )
    device_slug = forms.SlugField(label=_("Kind of device it takes"), max_length=40, required=False)
    is_consultation = forms.BooleanField(label=_("Consultation"), required=False)
    in_portal = forms.BooleanField(label=_("Patients may book it themselves"), required=False)
    position = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=999, initial=0)


class KindEditForm(KindForm):
    """A sort of visit that is there already."""

    is_active = forms.BooleanField(label=_("In use"), required=False)


class HoursForm(SetUpForm):
    """A line of the weekly pattern, on one or several weekdays."""

    location = forms.ModelChoiceField(label=_("Location"), queryset=None)
    practitioner = forms.ModelChoiceField(
        label=_("Practitioner"),
        queryset=None,
        required=False,
        empty_label=_("None: these are the hours of the place or room"),
    )
    room = forms.ModelChoiceField(label=_("Room"), queryset=None, required=False, empty_label=_("No room"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), choices=Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    valid_from = day_field(_("Valid from"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] <= cleaned["starts"]:
            self.add_error("ends", _("The end lies before the beginning."))
        if cleaned.get("practitioner") and cleaned.get("room"):
            self.add_error("room", _("Hours are a practitioner's or a room's, not both."))
        return cleaned


class ExceptionForm(SetUpForm):
    """A day that differs from the weekly pattern."""

    kind = forms.ChoiceField(label=_("What"), choices=ExceptionKind.choices)
    day = day_field(_("Day"))
    starts = time_field(_("From"), required=False, help_text=_("Leave both empty for the whole day off."))
    ends = time_field(_("To"), required=False)
    location = forms.ModelChoiceField(label=_("Location"), queryset=None, required=False, empty_label=_("Everywhere"))
    practitioner = forms.ModelChoiceField(
        label=_("Practitioner"), queryset=None, required=False, empty_label=_("Everybody")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if bool(starts) != bool(ends):
            self.add_error("ends", _("Give both times, or none for the whole day."))
        elif starts and ends and ends <= starts:
            self.add_error("ends", _("The end lies before the beginning."))
        if cleaned.get("kind") == ExceptionKind.EXTRA and not starts:
            self.add_error("starts", _("From when to when is somebody there in addition?"))
        if cleaned.get("kind") == ExceptionKind.EXTRA and not cleaned.get("location"):
            self.add_error("location", _("Where is somebody there in addition?"))
        return cleaned


class ClosureForm(SetUpForm):
    """Days on which a place, or the whole clinic, is closed."""

    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    location = forms.ModelChoiceField(
        label=_("Location"), queryset=None, required=False, empty_label=_("The whole clinic")
    )
    is_public_holiday = forms.BooleanField(label=_("Public holiday"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return cleaned
