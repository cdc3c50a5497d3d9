"""The mix as one fills it in: lines of a source and a volume, and a word on each finding that asks for one."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
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

STANDARDS = (
    ("immediate", _("At the bedside: used within 4 hours")),
    ("category-1", _("Under a hood, by a pharmacist: used within 12 hours")),
)
LINES = 8
SHOWN = 4


class MixForm(RefusableForm):
    """Lines of a source and its volume; of each product the patient's own open pack stands first, then lots by expiry.

    With a target, the one diluent without a volume fills the mix up to it.
    """

    version = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, widget=forms.HiddenInput)
    scan = forms.CharField(
        label=_("Scan or type a lot number"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    target_ml = DecimalField(
        label=_("Target (mL)"),
        required=False,
        minimum="0.001",
        help_text=_("Leave the diluent's volume empty: it fills up to the target."),
    )
    injected_ml = DecimalField(
        label=_("To be injected (mL)"),
        required=False,
        minimum="0.001",
        help_text=_("Leave it empty if all of it is injected."),
    )
    standard = forms.ChoiceField(label=_("How it is prepared"), choices=STANDARDS, required=False)

    def __init__(
        self,
        *args: Any,
        lots: Iterable[Any],
        packs: Iterable[Any] = (),
        versions: Iterable[Any] = (),
        zone: str = "UTC",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        lots, packs = list(lots), list(packs)
        self.sources = {key_of(row): row for row in (*packs, *lots)}
        self.versions = {row.pk: row for row in versions}
        self.fields["version"].choices = [(pk, str(row)) for pk, row in self.versions.items()]  # type: ignore[attr-defined]
        self.filled_up: dict[int, Decimal] = {}
        choices = [("", "–"), *grouped(self.sources, zone)]
        for number in range(1, LINES + 1):
            self.fields[f"source_{number}"] = forms.ChoiceField(
                label=_("Lot or open pack"), choices=choices, required=False
            )
            self.fields[f"volume_{number}"] = DecimalField(label=_("Volume (mL)"), required=False, minimum="0.001")

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The fields of each line, to be drawn side by side."""
        return [(self[f"source_{number}"], self[f"volume_{number}"]) for number in range(1, LINES + 1)]

    @property
    def first_lines(self) -> list[tuple[Any, Any]]:
        """The lines to begin with: those that hold something and one more, four at least."""
        return self.lines[: max(SHOWN, self._last + 1)]

    @property
    def more_lines(self) -> list[tuple[Any, Any]]:
        """The lines that are folded away until somebody needs them."""
        return self.lines[max(SHOWN, self._last + 1) :]

    @property
    def _last(self) -> int:
        held = [number for number, (source, volume) in enumerate(self.lines, 1) if source.value() or volume.value()]
        return max(held, default=0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._fill_up(cleaned)
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

    def _fill_up(self, cleaned: dict[str, Any]) -> None:
        """Give the one diluent without a volume what is missing to the target; say where the lines do not make it."""
        target = cleaned.get("target_ml")
        if target is None or any(name.startswith("volume_") for name in self.errors):
            return
        numbers = range(1, LINES + 1)
        said = sum((cleaned.get(f"volume_{number}") or Decimal(0) for number in numbers), Decimal(0))
        empty = [n for n in numbers if cleaned.get(f"source_{n}") and not cleaned.get(f"volume_{n}")]
        values = {"said": plain(said), "target": plain(target)}
        diluents = [n for n in empty if is_diluent(self.sources[cleaned[f"source_{n}"]])]
        if len(empty) == 1 and diluents and said < target:
            number = diluents[0]
            cleaned[f"volume_{number}"] = self.filled_up[number] = target - said
        elif said > target or (diluents and said == target):
            self.add_error(
                "target_ml", gettext("The lines make %(said)s mL, and the target is %(target)s mL.") % values
            )
        elif not empty and said < target:
            sentence = gettext("The lines make %(said)s mL of %(target)s mL: add a diluent and leave its volume empty.")
            self.add_error("target_ml", sentence % values)

    @property
    def made(self) -> str:
        """How the mix is prepared: at the bedside unless somebody says otherwise."""
        return self.cleaned_data.get("standard") or str(STANDARDS[0][0])

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
    def fillings(self) -> list[tuple[str, Decimal]]:
        """What was computed: each diluent with the volume that fills the mix up."""
        return [
            (product_of(self.sources[self.cleaned_data[f"source_{number}"]]).name, volume)
            for number, volume in self.filled_up.items()
        ]

    @property
    def recipe(self) -> Any:
        """The version of the recipe that the lines came from, if they came from one."""
        return self.versions.get(self.cleaned_data.get("version"))

    @property
    def total_ml(self) -> Decimal:
        return sum((each["volume_ml"] for each in self.components), Decimal(0))


def key_of(row: Any) -> str:
    """What a lot or an open pack is called among the choices of a line."""
    return f"{'pack' if hasattr(row, 'discard_at') else 'lot'}-{row.pk}"


def product_of(row: Any) -> Any:
    """The product of a lot or of an open pack."""
    return row.lot.product if hasattr(row, "discard_at") else row.product


def is_diluent(row: Any) -> bool:
    """Whether a lot or an open pack holds nothing but a diluent."""
    contents = list(product_of(row).contents.all())
    return bool(contents) and all(content.ingredient.is_diluent for content in contents)


def grouped(sources: dict[str, Any], zone: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of a line by product: the patient's own open packs, then the lots by their expiry."""
    ordered = sorted(sources.items(), key=lambda item: (product_of(item[1]).name.casefold(), product_of(item[1]).pk))
    found = []
    for _pk, rows in groupby(ordered, key=lambda item: product_of(item[1]).pk):
        members = list(rows)
        labels = [(key, label_of(row, zone)) for key, row in members]
        key, label = labels[0]
        if len(labels) > 1:
            labels[0] = (key, gettext("%(label)s · use first") % {"label": label})
        found.append((product_of(members[0][1]).name, labels))
    return found


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
    return gettext("%(product)s · %(lot)s · exp %(day)s · %(left)s %(unit)s") % values


class OverridesForm(RefusableForm):
    """One word for each finding that asks for one: a reason from the list with one tap, or one's own.

    What was said stays with the finding it was said of, wherever that stands in the list by now.
    """

    def __init__(self, *args: Any, findings: Iterable[Finding] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [each for each in findings if each.interrupts and each.override is not Override.NONE]
        if self.is_bound:
            self.data = beside(self.data, [each.key for each in self.asked])
        reasons = [(str(reason), reason) for reason in REASONS]
        for number, finding in enumerate(self.asked):
            self.fields[f"about_{number}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=finding.key
            )
            self.fields[f"reason_{number}"] = forms.ChoiceField(
                label=_("Reason"), choices=reasons, required=False, widget=forms.RadioSelect
            )
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
    def marks(self) -> list[Any]:
        """The hidden fields that say what each word is about."""
        return [self[f"about_{number}"] for number in range(len(self.asked))]

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


def beside(data: Any, keys: list[str]) -> Any:
    """Give what was sent with each word moved to the place that its finding has now; a word without a mark stays."""
    sent = data.copy()
    told = {}
    for name in [name for name in data if name.startswith("about_")]:
        number = name.removeprefix("about_")
        told[data.get(name)] = [data.get(f"{part}_{number}", "") for part in ("reason", "words")]
    if not told:
        return sent
    for name in [name for name in data if name.startswith(("about_", "reason_", "words_"))]:
        del sent[name]
    for number, key in enumerate(keys):
        sent[f"about_{number}"] = key
        sent[f"reason_{number}"], sent[f"words_{number}"] = told.get(key, ["", ""])
    return sent
