"""What is typed in the treatment room, step by step."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import LocalDateTimeField
from common.decimals import DecimalField, plain
from common.forms import RefusableForm
from formulations.forms.mixes import OverridesForm
from treatments.models import Antiseptic

YES_NO = [("no", _("No")), ("yes", _("Yes")), ("unknown", _("Not known"))]
AFTER = [("none", _("None")), ("mild", _("Mild")), ("severe", _("Severe"))]
QUESTIONS: dict[str, str | Promise] = {
    "pregnancy": _("Pregnant, breastfeeding or trying to conceive?"),
    "blood_thinners_nsaids_7d": _("Blood thinners, aspirin or an NSAID in the last 7 days?"),
    "infection": _("Fever, infection, herpes or inflamed skin today?"),
    "allergy": _("A new allergy since the last time?"),
    "last_reaction": _("A reaction after the last session?"),
}
KINDS = [
    ("none", _("None")),
    ("cream", _("Numbing cream")),
    ("cold", _("Cold")),
    ("vibration", _("Vibration")),
    ("in_the_mix", _("In the mix")),
]
GRADES = [("", "–"), *((str(grade), str(grade)) for grade in range(1, 6))]
SEEN = 3


class OpenForm(OverridesForm):
    """A word on what the calendar says against opening this session today."""


class ScreeningForm(OverridesForm):
    """The five questions, each with an answer of its own; a word on what they mean."""

    weight_kg = DecimalField(label=_("Weight today (kg)"), required=False, minimum=2, maximum=400, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in QUESTIONS.items():
            choices = AFTER if key == "last_reaction" else YES_NO
            self.fields[key] = forms.ChoiceField(
                label=label,
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("This question wants an answer every time.")},
            )
            self.fields[f"{key}_note"] = forms.CharField(label=_("Note"), required=False, max_length=500)

    @property
    def questions(self) -> list[tuple[Any, Any]]:
        """Each question with the field for its note."""
        return [(self[key], self[f"{key}_note"]) for key in QUESTIONS]

    @property
    def answers(self) -> dict[str, str]:
        """The answers as the action takes them; an empty note is left out."""
        names = [*QUESTIONS, *(f"{key}_note" for key in QUESTIONS)]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class TimeOutForm(OverridesForm):
    """The last look before the needle."""


class ZonesForm(OverridesForm):
    """A word on what speaks against a zone."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class InjectionForm(RefusableForm):
    """How the skin was prepared, and when it began and ended."""

    antiseptic = forms.ChoiceField(label=_("Antiseptic"), choices=[("", "–"), *Antiseptic.choices], required=False)
    anaesthetic = forms.ChoiceField(label=_("Against pain"), choices=KINDS, required=False)
    anaesthetic_product = forms.CharField(label=_("Product"), max_length=120, required=False)
    anaesthetic_grams = DecimalField(label=_("Grams"), minimum=0, maximum=500, decimal_places=1, required=False)
    injection_started_at = LocalDateTimeField(label=_("First injection"), required=False)
    injection_ended_at = LocalDateTimeField(label=_("Last injection"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=10000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("injection_started_at", "injection_ended_at"):
            self.fields[name].zone = place  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["step"] = 60

    @property
    def values(self) -> dict[str, Any]:
        """The fields as the action takes them; what is empty is not said."""
        given = super().values
        pain = {
            "kind": given.pop("anaesthetic") or "none",
            "product": given.pop("anaesthetic_product"),
            "grams": plain(given.pop("anaesthetic_grams")),
        }
        said = {name: value for name, value in given.items() if value or name == "note"}
        return {**said, "anaesthetic": {name: value for name, value in pain.items() if value}}


class ReactionForm(RefusableForm):
    """What was seen before the patient left; nothing is an answer of its own."""

    seen = forms.ChoiceField(
        label=_("Before the patient leaves"),
        choices=[("none", _("None observed")), ("some", _("Something was seen"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what was seen; “none observed” is an answer.")},
    )
    pain = forms.TypedChoiceField(
        label=_("Pain, 0 to 10"),
        choices=[("", "–"), *((str(number), str(number)) for number in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, effects: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((row.slug, row.name) for row in effects)]
        for number in range(1, SEEN + 1):
            self.fields[f"effect_{number}"] = forms.ChoiceField(label=_("What"), choices=choices, required=False)
            self.fields[f"grade_{number}"] = forms.ChoiceField(label=_("Grade"), choices=GRADES, required=False)

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """The fields of each line, to be drawn side by side."""
        return [(self[f"effect_{number}"], self[f"grade_{number}"]) for number in range(1, SEEN + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = 0
        for number in range(1, SEEN + 1):
            effect, grade = cleaned.get(f"effect_{number}"), cleaned.get(f"grade_{number}")
            named += bool(effect)
            if effect and not grade:
                self.add_error(f"grade_{number}", gettext("Say how hard, 1 to 5."))
            elif grade and not effect:
                self.add_error(f"effect_{number}", gettext("Choose what was seen."))
        if cleaned.get("seen") == "some" and not named:
            self.add_error("effect_1", gettext("Choose what was seen."))
        if cleaned.get("seen") == "none" and named:
            self.add_error("seen", gettext("Something is named below: choose “something was seen”, or empty it."))
        return cleaned

    @property
    def reaction(self) -> dict[str, Any]:
        """What was seen as the action takes it."""
        given = self.cleaned_data
        effects = [
            {"effect": given[f"effect_{number}"], "grade": int(given[f"grade_{number}"])}
            for number in range(1, SEEN + 1)
            if given.get(f"effect_{number}")
        ]
        return {
            "none_observed": given["seen"] == "none",
            "effects": effects if given["seen"] == "some" else [],
            "pain": given["pain"],
            "note": given["note"],
        }


class SignOffForm(RefusableForm):
    """What was left of each mix, and why, where more than a rest is missing."""

    def __init__(self, *args: Any, mixes: Iterable[tuple[Any, Decimal]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mixes = list(mixes)
        for mix, injected in self.mixes:
            self.fields[f"ml_{mix.pk}"] = DecimalField(
                label=_("Wasted (mL)"), minimum=0, required=False, initial=mix.total_ml - injected
            )
            self.fields[f"reason_{mix.pk}"] = forms.CharField(
                label=_("Why, if something is missing"), required=False, max_length=500
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each mix with what was drawn and injected, and its two fields."""
        return [
            {"mix": mix, "injected": injected, "ml": self[f"ml_{mix.pk}"], "reason": self[f"reason_{mix.pk}"]}
            for mix, injected in self.mixes
        ]

    @property
    def wasted(self) -> list[dict[str, Any]]:
        """What was left, as the action takes it; an empty field says drawn less injected."""
        found = []
        for mix, _injected in self.mixes:
            ml = self.cleaned_data.get(f"ml_{mix.pk}")
            if ml is not None:
                found.append({"preparation": mix.pk, "ml": ml, "reason": self.cleaned_data[f"reason_{mix.pk}"]})
        return found


class AddendumForm(RefusableForm):
    """What is added after the signature."""

    text = forms.CharField(label=_("Text"), max_length=10000, widget=forms.Textarea({"rows": 5}))
    late = forms.BooleanField(
        label=_("Late entry: it happened during the session and was not written down then"), required=False
    )


class AbandonForm(RefusableForm):
    """Why a session is given up."""

    reason = forms.CharField(label=_("Why the session is given up"), max_length=300, widget=forms.Textarea({"rows": 2}))
