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
    off = forms.BooleanField(required=False)
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
        kept = [f"by={self.grouping}"] if self.grouping else []
        return "&".join([*kept, "off=1"] if self.with_called_off else kept)

    @property
    def with_called_off(self) -> bool:
        return bool(self.cleaned_data.get("off"))

    def narrowed(self, appointments: Any) -> Any:
        """Keep one practitioner's visits, where one is asked for; without what was called off, unless that is too."""
        wanted = self.cleaned_data.get("practitioner")
        shown = appointments if self.with_called_off else appointments.live()
        return shown.filter(practitioner=wanted) if wanted else shown
