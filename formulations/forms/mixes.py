"""The mix as one fills it in: lines of a source and a volume, and a word on each finding that asks for one."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import zone_of
from common.decimals import DecimalField, plain
from common.forms import RefusableForm
from formulations.checks.findings import Finding, Override
from formulations.rules.preparations import REASONS

LINES = 6


class MixForm(RefusableForm):
    """Six lines, each a source and its volume; the patient's own open packs stand first, then lots by expiry."""

    injected_ml = DecimalField(
        label=_("To be injected (mL)"),
        required=False,
        minimum="0.001",
        help_text=_("Leave it empty if all of it is injected."),
    )

    def __init__(
        self, *args: Any, lots: Iterable[Any], packs: Iterable[Any] = (), zone: str = "UTC", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {f"pack-{pack.pk}": pack for pack in packs} | {f"lot-{lot.pk}": lot for lot in lots}
        choices = [("", "–"), *((key, label_of(row, zone)) for key, row in self.sources.items())]
        for number in range(1, LINES + 1):
            self.fields[f"source_{number}"] = forms.ChoiceField(
                label=_("Lot or open pack"), choices=choices, required=False
            )
            self.fields[f"volume_{number}"] = DecimalField(label=_("Volume (mL)"), required=False, minimum="0.001")
        self.fields["injected_ml"] = self.fields.pop("injected_ml")

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The fields of each line, to be drawn side by side."""
        return [(self[f"source_{number}"], self[f"volume_{number}"]) for number in range(1, LINES + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        filled = 0
        for number in range(1, LINES + 1):
            source, volume = cleaned.get(f"source_{number}"), cleaned.get(f"volume_{number}")
            if source and volume:
                filled += 1
            elif source and f"volume_{number}" not in self.errors:
                self.add_error(f"volume_{number}", gettext("Say how many mL."))
            elif volume and f"source_{number}" not in self.errors:
                self.add_error(f"source_{number}", gettext("Choose the lot or pack."))
        if not filled and not self.errors:
            raise forms.ValidationError(gettext("Choose at least one lot and its volume."))
        return cleaned

    @property
    def components(self) -> list[dict[str, Any]]:
        """The mix as actions and checks take it."""
        found = []
        for number in range(1, LINES + 1):
            key, volume = self.cleaned_data.get(f"source_{number}"), self.cleaned_data.get(f"volume_{number}")
            if key and volume:
                name = "pack" if key.startswith("pack-") else "lot"
                found.append({name: self.sources[key], "volume_ml": volume})
        return found

    @property
    def total_ml(self) -> Decimal:
        return sum((each["volume_ml"] for each in self.components), Decimal(0))


def label_of(row: Any, zone: str) -> str:
    """A lot or an open pack in one line: what it is, its number, its expiry, what is left."""
    if hasattr(row, "discard_at"):
        until = date_format(row.discard_at.astimezone(zone_of(zone)), "H:i")
        values = {
            "product": row.lot.product.name,
            "lot": row.lot.number,
            "left": plain(row.left),
            "until": until,
        }
        return gettext("Open: %(product)s · %(lot)s · %(left)s mL, until %(until)s") % values
    values = {
        "product": row.product.name,
        "lot": row.number,
        "day": date_format(row.expires_on, "j M Y"),
        "left": plain(row.balance),
        "unit": row.unit,
    }
    return gettext("%(product)s · %(lot)s · expires %(day)s · %(left)s %(unit)s") % values


class OverridesForm(RefusableForm):
    """One word for each finding that asks for one: a reason from the list, or one's own."""

    def __init__(self, *args: Any, findings: Iterable[Finding] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [each for each in findings if each.interrupts and each.override is not Override.NONE]
        reasons = [("", gettext("Choose a reason")), *((str(reason), reason) for reason in REASONS)]
        for number, _finding in enumerate(self.asked):
            self.fields[f"reason_{number}"] = forms.ChoiceField(label=_("Reason"), choices=reasons, required=False)
            self.fields[f"words_{number}"] = forms.CharField(
                label=_("In your own words"), required=False, max_length=400
            )

    @property
    def lines(self) -> list[tuple[Finding, Any, Any]]:
        """Each finding with its two fields."""
        return [
            (finding, self[f"reason_{number}"], self[f"words_{number}"]) for number, finding in enumerate(self.asked)
        ]

    @property
    def overrides(self) -> list[dict[str, Any]]:
        """What was said, as the actions take it; a finding that nobody spoke about is left out."""
        said = []
        for number, finding in enumerate(self.asked):
            words = [self.cleaned_data.get(f"reason_{number}", ""), self.cleaned_data.get(f"words_{number}", "")]
            reason = ": ".join(word for word in words if word)
            if reason:
                said.append({"code": finding.code, "reason": reason, "subjects": list(finding.subjects)})
        return said
