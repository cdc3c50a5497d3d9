"""What is typed about a side effect."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import LocalDateTimeField, PastDayField
from common.forms import RefusableForm
from safety.models import ActionTaken, CaseOutcome, CaseState, Seriousness
from treatments.models import Side

GRADES = (
    (1, _("1 · mild: observed only")),
    (2, _("2 · moderate: a local measure, limits some daily tasks")),
    (3, _("3 · severe: limits self-care, or needs hospital")),
    (4, _("4 · life-threatening")),
    (5, _("5 · death")),
)
OPEN_STATES = [(state.value, state.label) for state in CaseState if state not in (CaseState.NEW, CaseState.CLOSED)]


class ReportForm(RefusableForm):
    """What happened, where, since when, how hard."""

    effect = forms.ChoiceField(label=_("What was seen"))
    session = forms.ChoiceField(label=_("After which session"), required=False)
    zone = forms.ChoiceField(label=_("Where"), required=False)
    side = forms.ChoiceField(label=_("Side (the patient's)"), choices=[("", "–"), *Side.choices], required=False)
    onset_at = LocalDateTimeField(label=_("Began"))
    grade = forms.TypedChoiceField(label=_("How hard"), choices=GRADES, coerce=int, widget=forms.RadioSelect)
    serious = forms.MultipleChoiceField(
        label=_("Serious, because of"),
        choices=Seriousness.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Severe is not serious: tick only what really happened."),
    )
    narrative = forms.CharField(
        label=_("In your words"), required=False, max_length=4000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, *args: Any, effects: Any, sessions: Any, zones: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {
            "effect": {row.slug: row for row in effects},
            "session": {str(row.pk): row for row in sessions},
            "zone": {row.slug: row for row in zones},
        }
        words = {"effect": lambda row: row.name, "session": lambda row: row.label, "zone": lambda row: row.name}
        for name, rows in self.known.items():
            choices = [(key, words[name](row)) for key, row in rows.items()]
            self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        self.fields["onset_at"].zone = place  # type: ignore[attr-defined]
        self.fields["onset_at"].help_text = _("Time at the clinic (%(zone)s).") % {"zone": place}

    @property
    def values(self) -> dict[str, Any]:
        """Give the fields as the action takes them, rows in place of their keys."""
        found = dict(super().values)
        for name, rows in self.known.items():
            found[name] = rows.get(found.get(name))
        return found


class ReviewForm(ReportForm):
    """What a clinician found, in place of what was first recorded."""

    reason = forms.CharField(label=_("Why it is corrected"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, sessions=(), **kwargs)
        for name in ("session", "narrative"):
            del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "session"}


class MoveForm(RefusableForm):
    """The next step of a case, with a word on it."""

    state = forms.ChoiceField(label=_("State"), choices=OPEN_STATES)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))


class CloseForm(RefusableForm):
    """How a case ended."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[each for each in CaseOutcome.choices if each[0] != CaseOutcome.UNKNOWN]
    )
    action_taken = forms.ChoiceField(label=_("Action taken"), choices=ActionTaken.choices)
    resolved_on = PastDayField(
        label=_("Over since"), required=False, widget=forms.TextInput({"data-js": "date-echo", "autocomplete": "off"})
    )
    treatment = forms.CharField(
        label=_("Treatment given"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))


class LiftForm(RefusableForm):
    """Why a plan may go on although the case is open."""

    reason = forms.CharField(label=_("Why the plan may go on"), max_length=500, widget=forms.Textarea({"rows": 3}))


class JudgeForm(RefusableForm):
    """Whether a lot stays among the suspects."""

    ticked = forms.BooleanField(label=_("Suspect"), required=False)
    note = forms.CharField(label=_("Why"), required=False, max_length=300)
