"""The zones of a session as a table that grows."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField
from treatments.models import Delivery, Side, Technique

SIDES = [("", "–"), *Side.choices, ("bilateral", _("Both sides"))]
KEPT = ("area_cm2", "spacing_mm", "device", "consumable_lot", "map_points", "note")


class ZoneRow(forms.Form):
    """One zone on one side."""

    zone = forms.ChoiceField(label=_("Zone"), required=False)
    side = forms.ChoiceField(label=_("Side"), choices=SIDES, required=False)
    depth_mm = DecimalField(label=_("Depth (mm)"), minimum=0, maximum=20, decimal_places=1, required=False)
    points = forms.IntegerField(
        label=_("Points"),
        min_value=1,
        max_value=2000,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    ml_per_point = DecimalField(label=_("mL per point"), minimum="0.001", maximum=100, required=False)
    technique = forms.ChoiceField(label=_("Technique"), choices=Technique.choices, required=False)
    needle = forms.CharField(label=_("Needle"), max_length=40, required=False)
    angle_deg = forms.IntegerField(
        label=_("Angle (degrees)"),
        min_value=0,
        max_value=90,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    delivery = forms.ChoiceField(label=_("Delivery"), choices=Delivery.choices, required=False)
    ml_total = DecimalField(label=_("mL, where nobody counts points"), minimum="0.001", maximum=1000, required=False)
    preparation = forms.ChoiceField(label=_("Mix"), required=False)
    keep = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, zones: Iterable[Any], mixes: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zones = {row.slug: row for row in zones}
        self.mixes = {str(row.pk): row for row in mixes}
        self.fields["zone"].choices = [("", "–"), *((slug, row.name) for slug, row in self.zones.items())]  # type: ignore[attr-defined]
        names = [(key, f"{number}. {row}") for number, (key, row) in enumerate(self.mixes.items(), start=1)]
        self.fields["preparation"].choices = [("", gettext("The mix on the tray")), *names]  # type: ignore[attr-defined]

        for name, field in self.fields.items():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            wrong = " is-invalid" if self.is_bound and name in self.errors else ""
            field.widget.attrs |= {"class": kind + wrong, "aria-label": str(field.label or name)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("zone"):
            for name in ("side", "depth_mm"):
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, gettext("Missing."))
        elif any(cleaned.get(name) for name in ("points", "ml_total")):
            self.add_error("zone", gettext("Choose the zone."))
        return cleaned

    @property
    def is_filled(self) -> bool:
        """Whether the row says a zone and was not taken away."""
        given = getattr(self, "cleaned_data", {})
        return bool(given.get("zone")) and not given.get("DELETE")

    def row(self, before: dict[str, Any]) -> dict[str, Any]:
        """The row as the action takes it, with what the page does not show kept from the row it replaces."""
        given = self.cleaned_data
        kept = before.get(given["keep"])
        return {
            "zone": self.zones[given["zone"]],
            "preparation": self.mixes.get(given["preparation"]),
            "volume_ml": given["ml_total"],
            "technique": given["technique"] or Technique.PAPULE,
            "delivery": given["delivery"] or Delivery.MANUAL,
            **{name: given[name] for name in ("side", "depth_mm", "points", "ml_per_point", "needle", "angle_deg")},
            **({name: getattr(kept, name) for name in KEPT} if kept else {}),
        }


class ZoneRows(forms.BaseFormSet):
    """The rows of the table; one that is empty or was taken away is left out."""

    def __init__(self, *args: Any, technique: str = "", **kwargs: Any) -> None:
        self.technique = technique
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        given = super().get_form_kwargs(index)
        if index is None or index >= self.initial_form_count():
            given["initial"] = {"technique": self.technique}
        return given

    def filled(self, session: Any) -> list[dict[str, Any]]:
        """The rows as the action takes them."""
        before = {str(row.pk): row for row in session.zone_applications.all()}
        return [form.row(before) for form in self.forms if form.is_filled]


ZoneFormSet = forms.formset_factory(ZoneRow, formset=ZoneRows, extra=1, can_delete=True, max_num=200, absolute_max=220)
