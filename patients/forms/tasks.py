"""What is typed about something that is to be done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from common.forms import RefusableForm
from patients.models import CLINICIAN, TaskKind

FOR = [("", _("Everybody")), (CLINICIAN, _("Nurses and practitioners")), *Role.choices]


class DayField(forms.DateField):
    """A day to come, chosen from the browser's calendar or typed."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class TaskForm(RefusableForm):
    """Something that somebody has to do."""

    text = forms.CharField(label=_("What is to be done"), max_length=500, widget=forms.Textarea({"rows": 2}))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in (TaskKind.OTHER, TaskKind.CALL, TaskKind.FOLLOW_UP)],
        initial=TaskKind.OTHER,
    )
    due_on = DayField(label=_("Due"), required=False)
    role = forms.ChoiceField(label=_("For"), choices=FOR, required=False)


class TaskDoneForm(RefusableForm):
    """That it was done, and what came of it."""

    outcome = forms.CharField(label=_("What came of it"), max_length=500, required=False)


class TaskFilterForm(forms.Form):
    """Which tasks are shown."""

    show = forms.ChoiceField(
        choices=[("mine", _("Mine")), ("all", _("All")), ("done", _("Done"))], required=False, initial="mine"
    )
    patient = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    @property
    def chosen(self) -> dict[str, Any]:
        """Give the choices, each with its default where nothing sensible was asked."""
        self.is_valid()
        return {"show": self.cleaned_data.get("show") or "mine", "patient": self.cleaned_data.get("patient")}
