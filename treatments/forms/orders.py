"""An order as the prescriber fills it in: a recipe or its own lines, for which sessions, how much, until when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField
from common.forms import RefusableForm

LINES = 6
USUAL = timedelta(days=180)


class OrderForm(RefusableForm):
    """What somebody else may mix and inject for this patient."""

    version = forms.TypedChoiceField(label=_("Recipe"), coerce=int, required=False, empty_value=None)
    max_ml = DecimalField(label=_("At most, per session (mL)"), minimum="0.001", maximum=1000)
    first_ordinal = forms.TypedChoiceField(label=_("From session"), coerce=int)
    last_ordinal = forms.TypedChoiceField(label=_("To session"), coerce=int)
    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    zones = forms.MultipleChoiceField(
        label=_("Only in these zones"),
        required=False,
        widget=forms.SelectMultiple({"size": 5}),
        help_text=_("None chosen: wherever the protocol goes."),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(
        self,
        *args: Any,
        products: Iterable[Any],
        versions: Iterable[Any],
        ordinals: Iterable[int],
        zones: Iterable[Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.products = {row.pk: row for row in products}
        self.versions = {row.pk: row for row in versions}
        recipes = [("", _("No recipe: the lines below")), *((pk, str(row)) for pk, row in self.versions.items())]
        numbers = [(number, number) for number in ordinals]
        self.fields["version"].choices = recipes  # type: ignore[attr-defined]
        self.fields["first_ordinal"].choices = self.fields["last_ordinal"].choices = numbers  # type: ignore[attr-defined]
        self.fields["zones"].choices = [(row.slug, row.name) for row in zones]  # type: ignore[attr-defined]
        shelf = [("", "–"), *((pk, row.name) for pk, row in self.products.items())]
        for number in range(1, LINES + 1):
            self.fields[f"product_{number}"] = forms.TypedChoiceField(
                label=_("Product"), choices=shelf, coerce=int, required=False, empty_value=None
            )
            self.fields[f"volume_{number}"] = DecimalField(label=_("Volume (mL)"), required=False, minimum="0.001")

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The fields of each line, to be drawn side by side."""
        return [(self[f"product_{number}"], self[f"volume_{number}"]) for number in range(1, LINES + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, LINES + 1):
            product, volume = cleaned.get(f"product_{number}"), cleaned.get(f"volume_{number}")
            if product and volume is None and f"volume_{number}" not in self.errors:
                self.add_error(f"volume_{number}", gettext("Say how many mL."))
            if volume and not product and f"product_{number}" not in self.errors:
                self.add_error(f"product_{number}", gettext("Choose the product."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The order as its action takes it; a recipe goes before the lines."""
        given = self.cleaned_data
        version = self.versions.get(given["version"])
        lines = [
            {"product": self.products[given[f"product_{number}"]], "volume_ml": given[f"volume_{number}"]}
            for number in range(1, LINES + 1)
            if given.get(f"product_{number}") and given.get(f"volume_{number}")
        ]
        names = ("max_ml", "first_ordinal", "last_ordinal", "zones", "valid_until", "note")
        return {"version": version, "components": [] if version else lines, **{name: given[name] for name in names}}
