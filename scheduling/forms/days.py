"""How the list of the day is looked at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

GROUPINGS = (("", _("By time")), ("practitioner", _("By practitioner")), ("room", _("By room")))


class DayForm(forms.Form):
    """The day to jump to, the grouping, the place, and whether visits that do not take place are shown."""

    on = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    by = forms.ChoiceField(label=_("View"), choices=GROUPINGS, required=False)
    practitioner = forms.IntegerField(required=False)
    groupings = GROUPINGS

    def __init__(self, data: Any, *, clinic: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def grouping(self) -> str:
        return str(self.cleaned_data.get("by") or "")

    @property
    def jump(self) -> str:
        day = self.cleaned_data.get("on")
        return day.isoformat() if day else ""

    @property
    def query(self) -> str:
        return f"by={self.grouping}" if self.grouping else ""

    def narrowed(self, appointments: Any) -> Any:
        """Keep one practitioner's visits, where one is asked for."""
        wanted = self.cleaned_data.get("practitioner")
        return appointments.filter(practitioner=wanted) if wanted else appointments
