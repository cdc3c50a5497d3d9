"""Agreeing a plan, stopping one, deciding its phase, declining a request."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.decimals import DecimalField
from common.forms import RefusableForm
from formulations.forms.mixes import OverridesForm
from treatments.rules.declines import INSTEAD

DAY = {"type": "date"}


class WhenForm(forms.Form):
    """When a plan would begin, with whom, and how often: what its dates follow from."""

    start_on = forms.DateField(label=_("First session"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    practitioner = forms.TypedChoiceField(label=_("Practitioner"), coerce=int)
    sessions = forms.TypedChoiceField(label=_("Sessions"), coerce=int)

    def __init__(self, *args: Any, protocol: Any, practitioners: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {each.pk: each for each in practitioners}
        self.fields["practitioner"].choices = [(pk, str(each)) for pk, each in self.people.items()]  # type: ignore[attr-defined]
        numbers = range(protocol.min_sessions, protocol.max_sessions + 1)
        self.fields["sessions"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]

    @property
    def doctor(self) -> Any:
        """Who would treat."""
        return self.people[self.cleaned_data["practitioner"]]


class WhatForm(forms.Form):
    """What a plan would inject: an approved recipe, or substances; nothing said means the protocol's typical ones."""

    recipe = forms.TypedChoiceField(label=_("Recipe"), coerce=int, empty_value=None, required=False)
    ingredients = forms.MultipleChoiceField(label=_("Substances"), required=False, widget=forms.CheckboxSelectMultiple)
    another = forms.ChoiceField(label=_("Add a substance"), required=False)

    def __init__(self, *args: Any, versions: Iterable[Any], ingredients: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {row.pk: row for row in versions}
        self.rows = {row.slug: row for row in ingredients}
        named = [(slug, row.name) for slug, row in self.rows.items()]
        recipes = [(pk, str(row)) for pk, row in self.versions.items()]
        self.fields["recipe"].choices = [("", _("No recipe: the substances below")), *recipes]  # type: ignore[attr-defined]
        self.fields["ingredients"].choices = named  # type: ignore[attr-defined]
        self.fields["another"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    @property
    def version(self) -> Any:
        """The recipe that was chosen, if one was."""
        return self.versions.get(self.cleaned_data["recipe"]) if self.is_valid() else None

    @property
    def chosen(self) -> list[Any]:
        """The substances that were named, in the order of the catalogue; none where a recipe or nothing was named."""
        if not self.is_valid() or self.version:
            return []
        slugs = {*self.cleaned_data["ingredients"], self.cleaned_data["another"]}
        return [row for slug, row in self.rows.items() if slug in slugs]

    @property
    def kept(self) -> list[tuple[str, Any]]:
        """What was chosen, as hidden fields of the next form."""
        if self.version:
            return [("recipe", self.version.pk)]
        return [("ingredients", row.slug) for row in self.chosen]

    def offer(self, substances: Iterable[Any]) -> "WhatForm":
        """Tick what the plan would inject now, and leave the rest to be added."""
        now = {row.slug: row.name for row in substances}
        shown = WhatForm(
            initial={"recipe": self.version.pk if self.version else "", "ingredients": list(now)},
            versions=self.versions.values(),
            ingredients=self.rows.values(),
        )
        shown.fields["ingredients"].choices = list(now.items())  # type: ignore[attr-defined]
        others = [(slug, row.name) for slug, row in self.rows.items() if slug not in now]
        shown.fields["another"].choices = [("", "–"), *others]  # type: ignore[attr-defined]
        return shown


class AgreeForm(OverridesForm):
    """What else is agreed with the patient, and a word on each finding that asks for one."""

    price_per_session = DecimalField(
        label=_("Price per session"), minimum=0, maximum=1_000_000, decimal_places=2, required=False
    )
    aim = forms.CharField(
        label=_("Aim agreed with the patient"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("In the patient's words. It stands on the consent; promise nothing."),
    )
    language = forms.ChoiceField(label=_("Language of the papers"), choices=settings.LANGUAGES)
    team = forms.TypedMultipleChoiceField(
        label=_("Colleagues who also look after the patient"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They may open the chart and go on with the plan. Who treats is on the team already."),
    )

    def __init__(self, *args: Any, colleagues: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {each.pk: each for each in colleagues}
        self.fields["team"].choices = [(pk, str(each.user)) for pk, each in self.colleagues.items()]  # type: ignore[attr-defined]

    @property
    def joining(self) -> list[Any]:
        """The colleagues who are named to the patient's team with the plan."""
        return [self.colleagues[pk] for pk in self.cleaned_data["team"]]

    @property
    def agreed(self) -> dict[str, Any]:
        """What belongs to the plan itself."""
        return {name: self.cleaned_data[name] for name in ("price_per_session", "aim", "language")}


class ReasonForm(RefusableForm):
    """Why a plan is stopped, resumed or ended."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class EndForm(ReasonForm):
    """Why a plan ends, and that what is booked of it is cancelled with it."""

    cancel_visits = forms.BooleanField(label=_("Cancel these visits with the plan"), required=False)

    def __init__(self, *args: Any, booked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not booked:
            del self.fields["cancel_visits"]


class CompleteForm(EndForm):
    """What is to be said at the end of a plan."""

    reason = forms.CharField(
        label=_("Closing word"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )


ADVANCE = (
    ("yes", _("Yes, go on with the longer interval")),
    ("no", _("No, keep the shorter interval for the next session")),
)
IMPROVED = (("yes", _("Yes")), ("no", _("No")), ("", _("Cannot be said yet")))


class PhaseForm(RefusableForm):
    """Whether the plan goes on to its longer interval."""

    improved = forms.ChoiceField(label=_("Did it improve?"), choices=IMPROVED, required=False, widget=forms.RadioSelect)
    measure = forms.ChoiceField(label=_("Judged by"), required=False)
    advance = forms.ChoiceField(label=_("Move on?"), choices=ADVANCE, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, measures: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", _("Clinical judgement")), *measures]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        given = super().values
        improved = {"yes": True, "no": False}.get(given.pop("improved"))
        return {**given, "advance": given["advance"] == "yes", "improved": improved}


class DeclineForm(RefusableForm):
    """A request that the clinic refuses."""

    protocol = forms.CharField(widget=forms.HiddenInput, max_length=120)
    instead = forms.MultipleChoiceField(
        label=_("What was offered instead"),
        choices=list(INSTEAD.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Note"), max_length=5000, required=False, widget=forms.Textarea({"rows": 3}))
    recheck_on = forms.DateField(
        label=_("Look again on"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d")
    )

    @property
    def declined(self) -> dict[str, Any]:
        """What is kept of the request."""
        given = self.cleaned_data
        return {name: given[name] for name in ("instead", "note", "recheck_on")}
