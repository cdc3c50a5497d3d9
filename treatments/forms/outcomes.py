"""The answers of each measure, as one gives them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField
from common.forms import RefusableForm
from treatments import scores
from treatments.scores.cellulite import MARKS, REGIONS
from treatments.scores.grades import CR_SMFRS_CODES, GAIS_CODES, GLOGAU_STAGES, SATISFACTION_CODES
from treatments.scores.hair import LUDWIG_STAGES, NORWOOD_STAGES
from treatments.scores.pigment import HIGHEST
from treatments.tables.outcomes import BANDS

Text = str | Promise
RATERS = (("clinician", _("Clinician")), ("patient", _("Patient")))
BY_PATIENT = frozenset({"dlqi", "satisfaction", "vas", "nrs", "ndi", "odi"})
PLACED = frozenset({"circumference", "hair-density"})
SIDES = (("", "–"), ("left", _("Left")), ("right", _("Right")), ("midline", _("Midline")))

ROWS: dict[str, Text] = {
    "forehead": _("Forehead"),
    "right_malar": _("Right cheek"),
    "left_malar": _("Left cheek"),
    "chin": _("Chin"),
    "right_buttock": _("Right buttock"),
    "left_buttock": _("Left buttock"),
    "right_thigh": _("Right thigh"),
    "left_thigh": _("Left thigh"),
}
COLUMNS: dict[str, Text] = {
    "area": _("Area (0–6)"),
    "darkness": _("Darkness (0–4)"),
    "homogeneity": _("Homogeneity (0–4)"),
    "depressions": _("Depressions (0–3)"),
    "depth": _("Depth (0–3)"),
    "morphology": _("Raised areas (0–3)"),
    "laxity": _("Laxity (0–3)"),
    "grade": _("Grade (0–3)"),
}
AREA_WORDS = ("0: none", "1: under 10 %", "2: 10–29 %", "3: 30–49 %", "4: 50–69 %", "5: 70–89 %", "6: 90–100 %")
DARK_WORDS = (_("0: absent"), _("1: slight"), _("2: mild"), _("3: marked"), _("4: maximum"))
MELASMA = ("forehead", "right_malar", "left_malar", "chin")
NM_WORDS = (
    _("0: smooth, also when pinched"),
    _("1: dimples only when pinched"),
    _("2: dimples standing, not lying"),
    _("3: dimples standing and lying"),
)
SITES = (("perioral", _("Around the mouth")), ("periorbital", _("Around the eyes")))


@dataclass(frozen=True)
class Grid:
    """A measure whose marks are given area by area."""

    rows: tuple[str, ...]
    columns: dict[str, tuple[Any, ...]]


def _numbers(most: int) -> tuple[Any, ...]:
    return tuple((str(number), str(number)) for number in range(most + 1))


def _worded(words: Iterable[Any]) -> tuple[Any, ...]:
    return tuple((str(number), text) for number, text in enumerate(words))


GRIDS = {
    "mmasi": Grid(MELASMA, {"area": _worded(AREA_WORDS), "darkness": _worded(DARK_WORDS)}),
    "masi": Grid(
        MELASMA,
        {
            "area": _worded(AREA_WORDS),
            "darkness": _worded(DARK_WORDS),
            "homogeneity": _numbers(HIGHEST["homogeneity"]),
        },
    ),
    "css": Grid(REGIONS, {mark: _numbers(3) for mark in MARKS}),
}


def _words(codes: Iterable[str]) -> list[tuple[str, Text]]:
    return [(code, BANDS.get(code, code)) for code in codes]


CHOICES: dict[str, tuple[str, list[tuple[str, Any]]]] = {
    "gais": ("value", _words(GAIS_CODES)),
    "satisfaction": ("value", _words(SATISFACTION_CODES)),
    "cr-smfrs": ("value", _words(CR_SMFRS_CODES)),
    "glogau": ("value", _words(GLOGAU_STAGES)),
    "norwood-hamilton": ("stage", _words(NORWOOD_STAGES)),
    "ludwig": ("stage", _words(LUDWIG_STAGES)),
    "nurnberger-muller": ("grade", list(_worded(NM_WORDS))),
}
NUMBERS: dict[str, dict[str, tuple[Text, int, int, int]]] = {
    "dlqi": {"total": (_("Total of the ten questions (0–30)"), 0, 30, 0)},
    "vas": {"value": (_("Pain on the line (0–10)"), 0, 10, 1)},
    "nrs": {"value": (_("Pain (0–10)"), 0, 10, 0)},
    "ndi": {"total": (_("Total of the ten sections (0–50)"), 0, 50, 0)},
    "odi": {"percent": (_("Percent (0–100)"), 0, 100, 1)},
    "fitzpatrick-wrinkle": {"value": (_("Score (1–9)"), 1, 9, 0)},
    "hair-density": {
        "hairs": (_("Hairs counted"), 0, 10_000, 0),
        "area_cm2": (_("Area of the field (cm²)"), 0, 100, 4),
    },
    "circumference": {
        "first": (_("First reading (cm)"), 5, 200, 1),
        "second": (_("Second reading (cm)"), 5, 200, 1),
        "weight_kg": (_("Weight today (kg)"), 20, 400, 2),
    },
}


class RateForm(RefusableForm):
    """Answers of one measure on one day; what is missing leaves the score open, never zero."""

    rated_on = forms.DateField(label=_("On"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    rater = forms.ChoiceField(label=_("Rated by"), choices=RATERS, widget=forms.RadioSelect)
    plan = forms.ChoiceField(label=_("Plan"), required=False)

    def __init__(
        self, *args: Any, measure: str, plans: Iterable[Any] = (), zones: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.measure, self.grid = measure, GRIDS.get(measure)
        self.plans = {str(plan.pk): plan for plan in plans}
        self.zones = {zone.slug: zone for zone in zones}
        self.fields["plan"].choices = [("", _("None")), *((pk, str(row)) for pk, row in self.plans.items())]  # type: ignore[attr-defined]
        self._ask()

    def _ask(self) -> None:
        for row, column, choices in self._cells():
            self.fields[f"{row}-{column}"] = forms.ChoiceField(
                label=f"{ROWS[row]}, {COLUMNS[column]}", choices=[("", "–"), *choices], required=False
            )
        if self.measure in CHOICES:
            name, answers = CHOICES[self.measure]
            self.fields[name] = forms.ChoiceField(label=_("Answer"), choices=answers, widget=forms.RadioSelect)
        for name, (label, low, high, places) in NUMBERS.get(self.measure, {}).items():
            self.fields[name] = DecimalField(
                label=label, minimum=low, maximum=high, decimal_places=places, required=False
            )
        if self.measure == "fitzpatrick-wrinkle":
            self.fields["site"] = forms.ChoiceField(label=_("Where"), choices=SITES)
        if self.measure in PLACED:
            where = [("", "–"), *((slug, zone.name) for slug, zone in self.zones.items())]
            self.fields["zone"] = forms.ChoiceField(label=_("Zone"), choices=where, required=False)
            self.fields["side"] = forms.ChoiceField(label=_("Side"), choices=SIDES, required=False)

    def _cells(self) -> list[tuple[str, str, tuple[Any, ...]]]:
        grid = self.grid
        return [(row, column, words) for row in grid.rows for column, words in grid.columns.items()] if grid else []

    @property
    def lines(self) -> list[tuple[Text, list[Any]]]:
        """The fields of a grid, row by row."""
        if self.grid is None:
            return []
        return [(ROWS[row], [self[f"{row}-{column}"] for column in self.grid.columns]) for row in self.grid.rows]

    @property
    def heads(self) -> list[Text]:
        """The names of a grid's columns."""
        return [COLUMNS[column] for column in self.grid.columns] if self.grid else []

    @property
    def answers(self) -> list[Any]:
        """The fields of the answer where it is no grid."""
        kept = ("rated_on", "rater", "plan", "idempotency_key")
        return [] if self.grid else [self[name] for name in self.fields if name not in kept]

    @property
    def items(self) -> dict[str, Any]:
        """The answers as the scales read them; what was left open is left out."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if self.grid:
            found: dict[str, dict[str, int]] = {}
            for row, column, _choices in self._cells():
                if f"{row}-{column}" in given:
                    found.setdefault(row, {})[column] = int(given[f"{row}-{column}"])
            return found
        if self.measure == "circumference":
            readings = [str(given[name]) for name in ("first", "second") if name in given]
            return {"readings": readings, **{name: str(given[name]) for name in ("weight_kg",) if name in given}}
        names = [*NUMBERS.get(self.measure, {}), *CHOICES.get(self.measure, ("",))[:1], "site"]
        return {name: str(given[name]) for name in names if name in given}

    @property
    def rated(self) -> dict[str, Any]:
        """All that the action takes."""
        given = self.cleaned_data
        return {
            "measure": self.measure,
            "rated_on": given["rated_on"],
            "rater": given["rater"],
            "items": self.items,
            "plan": self.plans.get(given["plan"]),
            "zone": self.zones.get(given.get("zone", "")),
            "side": given.get("side", ""),
        }


def default_rater(measure: str) -> str:
    """Say who usually answers a measure."""
    return "patient" if measure in BY_PATIENT else "clinician"


def name_of(measure: str) -> Text:
    """Name a measure."""
    return scores.MEASURES[measure].name
