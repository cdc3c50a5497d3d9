"""What is typed at a daily list: a temperature, each thing of a kit, or a disinfectant."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField, plain
from common.forms import RefusableForm
from scheduling.models import COLDEST_C, WARMEST_C, DailyEntry, DailyList, DailyListKind, Disinfectant

KIT = ("Adrenaline", "Oxygen", "Lipid emulsion", "Hyaluronidase", "Glucose")


class EntryForm(RefusableForm):
    """One entry; its fields follow the list, and a correction asks for the reason."""

    def __init__(
        self,
        *args: Any,
        daily_list: DailyList,
        dates: dict[str, str] | None = None,
        corrects: DailyEntry | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.daily_list, self.things = daily_list, list(daily_list.things)
        self.rows: list[dict[str, Any]] = []
        if daily_list.kind == DailyListKind.FRIDGE:
            before = plain(corrects.temperature_c) if corrects else None
            self.fields["temperature_c"] = DecimalField(
                label=_("Temperature"), unit="°C", decimal_places=1, minimum=-40, maximum=60, initial=before
            )
        elif daily_list.kind == DailyListKind.EMERGENCY_KIT:
            self._ask_for_things(dates or {}, corrects)
        else:
            self.fields["disinfectant"] = forms.ChoiceField(
                label=_("Disinfected with"),
                choices=Disinfectant.choices,
                widget=forms.RadioSelect,
                initial=corrects.disinfectant if corrects else None,
            )
        self.fields["note"] = forms.CharField(
            label=_("Why it is corrected") if corrects else _("Note"), max_length=300, required=corrects is not None
        )

    def _ask_for_things(self, dates: dict[str, str], corrects: DailyEntry | None) -> None:
        there = {each["thing"]: each["there"] for each in corrects.findings} if corrects else {}
        for place, thing in enumerate(self.things):
            self.fields[f"there_{place}"] = forms.BooleanField(
                label=thing, required=False, initial=there.get(thing, False)
            )
            self.fields[f"expires_{place}"] = forms.DateField(
                label=_("expires on"),
                required=False,
                initial=dates.get(thing) or None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
            self.rows.append({"thing": thing, "there": self[f"there_{place}"], "expires": self[f"expires_{place}"]})

    @property
    def found(self) -> dict[str, Any]:
        """Give what was found, as the action takes it."""
        said = self.cleaned_data
        findings = [
            {
                "thing": thing,
                "there": said[f"there_{place}"],
                "expires_on": said[f"expires_{place}"].isoformat() if said[f"expires_{place}"] else None,
            }
            for place, thing in enumerate(self.things)
            if f"there_{place}" in said
        ]
        return {
            "temperature_c": said.get("temperature_c"),
            "findings": findings,
            "disinfectant": said.get("disinfectant", ""),
            "note": said["note"],
        }


class ListForm(RefusableForm):
    """Something that is looked at every day."""

    kind = forms.ChoiceField(label=_("What"), choices=DailyListKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As it is called in the clinic: Fridge, room 2.")
    )
    location = forms.ModelChoiceField(label=_("Location"), queryset=None)
    things = forms.CharField(
        label=_("Things in the kit"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        initial="\n".join(KIT),
        help_text=_("For an emergency kit: one on each line."),
    )
    coldest_c = DecimalField(
        label=_("Not colder than"), unit="°C", decimal_places=1, required=False, initial=plain(COLDEST_C)
    )
    warmest_c = DecimalField(
        label=_("Not warmer than"),
        unit="°C",
        decimal_places=1,
        required=False,
        initial=plain(WARMEST_C),
        help_text=_("For a fridge: the range on the labels of what lies in it."),
    )
    device = forms.ModelChoiceField(
        label=_("Device"), queryset=None, required=False, empty_label=_("None of the calendar's devices")
    )

    def __init__(self, *args: Any, clinic: Any, daily_list: DailyList | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = clinic.locations.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        self.fields["location"].initial = clinic.locations.filter(is_active=True).order_by("name").first()
        self.fields["device"].queryset = clinic.devices.active().order_by("name")  # type: ignore[attr-defined]
        if daily_list:
            self._take(daily_list)

    def _take(self, daily_list: DailyList) -> None:
        for name in ("kind", "location"):
            self.fields[name].initial, self.fields[name].disabled = getattr(daily_list, name), True
        self.fields["name"].initial, self.fields["device"].initial = daily_list.name, daily_list.device
        self.fields["things"].initial = "\n".join(daily_list.things)
        self.fields["coldest_c"].initial = plain(daily_list.coldest_c)
        self.fields["warmest_c"].initial = plain(daily_list.warmest_c)
        self.fields["is_active"] = forms.BooleanField(label=_("In use"), required=False, initial=daily_list.is_active)

    def clean_things(self) -> list[str]:
        lines = (line.strip()[:120] for line in self.cleaned_data["things"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        kind = said.get("kind")
        if kind == DailyListKind.FRIDGE:
            lowest, highest = said.get("coldest_c"), said.get("warmest_c")
            if lowest is None or highest is None or lowest >= highest:
                self.add_error("warmest_c", _("Give a range: the lowest and the highest temperature."))
        else:
            said["coldest_c"] = said["warmest_c"] = None
        if kind == DailyListKind.EMERGENCY_KIT and not said.get("things"):
            self.add_error("things", _("Name what must be in the kit."))
        elif kind != DailyListKind.EMERGENCY_KIT:
            said["things"] = []
        if kind != DailyListKind.DISINFECTION:
            said["device"] = None
        return said


class HistoryForm(forms.Form):
    """Which entries are shown: of one list or all, from one day to another."""

    of = forms.ModelChoiceField(label=_("List"), queryset=None, required=False, empty_label=_("All lists"))
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, clinic: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = clinic.daily_lists.in_order()  # type: ignore[attr-defined]
