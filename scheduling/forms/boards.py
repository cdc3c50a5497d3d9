"""Putting a visit elsewhere by hand, and the words of a call."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import LocalDateTimeField
from common.forms import RefusableForm
from scheduling.forms.bookings import ReasonsForm
from scheduling.models import CallOutcome
from scheduling.tables.boards import MODES, PRACTITIONER


class BoardForm(forms.Form):
    """How a board is looked at: what stands in the columns, whose week, with or without what was called off."""

    by = forms.ChoiceField(choices=[(each, each) for each in MODES], required=False)
    only = forms.IntegerField(required=False, min_value=1)
    off = forms.BooleanField(required=False)
    on = forms.DateField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def mode(self) -> str:
        return str(self.cleaned_data.get("by") or PRACTITIONER)

    @property
    def with_called_off(self) -> bool:
        return bool(self.cleaned_data.get("off"))

    @property
    def query(self) -> str:
        """What a link to another day keeps."""
        kept = [f"by={self.mode}"] if self.mode != PRACTITIONER else []
        kept += [f"only={self.cleaned_data['only']}"] if self.cleaned_data.get("only") else []
        kept += ["off=1"] if self.with_called_off else []
        return "&".join(kept)


class PlaceForm(ReasonsForm):
    """When, with whom and where a visit shall be; a room that is not named is the one it has, if that is free."""

    slot = None
    starts = LocalDateTimeField(label=_("When"))
    practitioner = forms.TypedChoiceField(label=_("With"), coerce=int)
    room = forms.TypedChoiceField(label=_("Room"), coerce=int, required=False, empty_value=None)
    field_order = ("starts", "practitioner", "room")

    def __init__(
        self, *args: Any, appointment: Any, people: dict[int, str], rooms: Any, zone: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].zone = zone  # type: ignore[attr-defined]
        self.fields["starts"].help_text = _("Times in %(zone)s.") % {"zone": zone}
        self.fields["practitioner"].choices = list(people.items())  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("Any that suits")), *((room.pk, str(room)) for room in rooms)]  # type: ignore[attr-defined]
        self.appointment = appointment

    @property
    def wanted(self) -> dict[str, Any]:
        """What changes: a person or a room only where another one was chosen."""
        given, now = self.cleaned_data, self.appointment
        return {
            "practitioner": given["practitioner"] if given["practitioner"] != now.practitioner_id else None,
            "room": given["room"] if given["room"] != now.room_id else None,
        }


class CallForm(RefusableForm):
    """A call in a few words."""

    outcome = forms.ChoiceField(label=_("Call"), choices=CallOutcome)
    text = forms.CharField(label=_("What was said"), max_length=500, required=False)


class CallSearchForm(forms.Form):
    """Which calls are looked for."""

    q = forms.CharField(max_length=80, required=False)

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_valid() else ""
