"""Recipes as one fills them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField
from common.forms import RefusableForm
from formulations.models import Strength

LINES = 6


class FormulationAddForm(RefusableForm):
    """A recipe: substances at a strength, each with its volume."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("A name that is in use gets its next version."))
    indication = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, ingredients: Any, indications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indication"].choices = [("", "–"), *indications]
        choices = [("", "–"), *ingredients]
        for number in range(1, LINES + 1):
            self.fields[f"ingredient_{number}"] = forms.ChoiceField(
                label=_("Substance"), choices=choices, required=False
            )
            self.fields[f"concentration_{number}"] = DecimalField(
                label=_("Strength"), required=False, minimum="0.0001", decimal_places=4
            )
            self.fields[f"unit_{number}"] = forms.ChoiceField(
                label=_("Unit"), choices=Strength.choices, required=False, initial=Strength.MG
            )
            self.fields[f"volume_{number}"] = DecimalField(label=_("Volume (mL)"), required=False, minimum="0.001")

    @property
    def lines(self) -> list[list[Any]]:
        """The fields of each line, to be drawn side by side."""
        names = ("ingredient", "concentration", "unit", "volume")
        return [[self[f"{name}_{number}"] for name in names] for number in range(1, LINES + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, LINES + 1):
            has = bool(cleaned.get(f"ingredient_{number}")), bool(cleaned.get(f"volume_{number}"))
            if has == (True, False) and f"volume_{number}" not in self.errors:
                self.add_error(f"volume_{number}", gettext("Say how many mL."))
            if has == (False, True) and f"ingredient_{number}" not in self.errors:
                self.add_error(f"ingredient_{number}", gettext("Choose the substance."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The recipe as its action takes it."""
        get = self.cleaned_data.get
        return {
            "name": get("name"),
            "indication": get("indication"),
            "components": [
                {
                    "ingredient": get(f"ingredient_{number}"),
                    "concentration": get(f"concentration_{number}"),
                    "unit": get(f"unit_{number}"),
                    "volume_ml": get(f"volume_{number}"),
                }
                for number in range(1, LINES + 1)
                if get(f"ingredient_{number}") and get(f"volume_{number}")
            ],
        }
