"""Products and lots as one fills them in."""

from typing import Any

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import PastDayField
from common.decimals import DecimalField
from common.forms import RefusableForm
from formulations.models import MovementKind, PackDose, ProductForm, ProductType, Strength
from formulations.rules.stock import BY_HAND

SUBSTANCES = 3


def tokens(text: str) -> list[str]:
    """A list typed with commas or lines."""
    return [word for part in text.replace("\n", ",").split(",") if (word := part.strip())]


class ProductAddForm(RefusableForm):
    """A product: what the label of one pack says."""

    name = forms.CharField(label=_("Name on the label"), max_length=200)
    maker = forms.CharField(label=_("Maker"), max_length=200, required=False)
    form = forms.ChoiceField(label=_("Form"), choices=ProductForm.choices)
    volume_ml = DecimalField(label=_("Volume of one pack (mL)"), minimum="0.001", maximum=1000)
    dose = forms.ChoiceField(label=_("Doses in one pack"), choices=PackDose.choices, initial=PackDose.SINGLE)
    opened_hours = forms.IntegerField(
        label=_("Hours it keeps once opened"),
        required=False,
        min_value=1,
        max_value=8760,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("As the label says. Empty: 4 hours for a single dose, 28 days for several."),
    )
    product_type = forms.ChoiceField(label=_("Sort of product"), choices=ProductType.choices)
    allergens = forms.CharField(
        label=_("Allergens on the label"),
        required=False,
        help_text=_("Separate them with commas. Empty: those that its substances usually have."),
    )

    def __init__(self, *args: Any, ingredients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *ingredients]
        for number in range(1, SUBSTANCES + 1):
            self.fields[f"ingredient_{number}"] = forms.ChoiceField(
                label=_("Substance"), choices=choices, required=number == 1
            )
            self.fields[f"concentration_{number}"] = DecimalField(
                label=_("Strength"), required=False, minimum=0, decimal_places=4
            )
            self.fields[f"unit_{number}"] = forms.ChoiceField(
                label=_("Unit"), choices=Strength.choices, required=False, initial=Strength.MG
            )
        self.helper.layout = Layout(
            "idempotency_key",
            Fieldset(
                gettext("The pack"),
                "name",
                "maker",
                Div("form", "volume_ml", "dose", "opened_hours", css_class="form-grid"),
                "product_type",
            ),
            Fieldset(
                gettext("What is in it"), *(self._line(number) for number in range(1, SUBSTANCES + 1)), "allergens"
            ),
        )

    def _line(self, number: int) -> Div:
        names = (f"ingredient_{number}", f"concentration_{number}", f"unit_{number}")
        return Div(*(Field(name) for name in names), css_class="line")

    def clean_allergens(self) -> list[str]:
        return tokens(self.cleaned_data["allergens"])

    @property
    def values(self) -> dict[str, Any]:
        """The product as its action takes it."""
        named = ("name", "maker", "form", "volume_ml", "dose", "opened_hours", "product_type", "allergens")
        contents = [
            {
                "ingredient": slug,
                "concentration": self.cleaned_data[f"concentration_{number}"],
                "unit": self.cleaned_data[f"unit_{number}"],
            }
            for number in range(1, SUBSTANCES + 1)
            if (slug := self.cleaned_data.get(f"ingredient_{number}"))
        ]
        return {name: self.cleaned_data[name] for name in named} | {"ingredients": contents}


class DayField(PastDayField):
    """A day typed as 2026-05-31 or 31/05/2026."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})


class LotReceiveForm(RefusableForm):
    """A delivery: what stands on the box."""

    number = forms.CharField(label=_("Lot number"), max_length=80)
    expires_on = DayField(
        label=_("Expires on"),
        help_text=_("Like 2026-05-31. Only month and year on the box: the last day of the month."),
    )
    packs = forms.IntegerField(
        label=_("Number of packs"),
        min_value=1,
        max_value=100000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    location = forms.ChoiceField(label=_("Where it is kept"))
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)
    udi = forms.CharField(label=_("Device identifier (UDI)"), max_length=120, required=False)
    allergens = forms.CharField(
        label=_("Allergens of this lot"),
        required=False,
        help_text=_("Only where they differ from the product's, such as the animal it comes from."),
    )

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = {str(place.pk): place for place in locations}
        self.fields["location"].choices = [(key, place.name) for key, place in self.locations.items()]
        self.helper.layout = Layout(
            "idempotency_key",
            Div("number", "expires_on", "packs", "location", css_class="form-grid"),
            "supplier",
            "udi",
            "allergens",
        )

    def clean_location(self) -> Any:
        return self.locations[self.cleaned_data["location"]]

    def clean_allergens(self) -> list[str]:
        return tokens(self.cleaned_data["allergens"])


class LotMoveForm(RefusableForm):
    """A change of stock by hand."""

    kind = forms.ChoiceField(label=_("What happened"))
    quantity = DecimalField(
        label=_("Quantity"), help_text=_("Above zero; an adjustment takes a sign: -0.5 for half a millilitre less.")
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in BY_HAND if kind != MovementKind.RECEIPT]
        self.fields["kind"].choices = [(str(kind), kind.label) for kind in kinds]
        self.fields["quantity"].label = gettext("Quantity (%(unit)s)") % {"unit": unit}


SPOILED = (
    _("The patient did not come"),
    _("Spoiled: cloudy, coloured or with particles"),
    _("Dropped, or no longer sterile"),
    _("Past its time of use"),
    _("Mixed wrongly"),
)


class DiscardForm(RefusableForm):
    """Why a mix or the rest of a pack is thrown away: one tap, or in one's own words."""

    why = forms.ChoiceField(
        label=_("Why"), choices=[(text, text) for text in SPOILED], required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("In your own words"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("why") or cleaned.get("reason")):
            self.add_error("why", gettext("Say why it is thrown away."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The reason as its action takes it."""
        said = [self.cleaned_data["why"], self.cleaned_data["reason"]]
        return {"reason": ": ".join(word for word in said if word)}


class ReasonForm(RefusableForm):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
