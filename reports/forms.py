"""What is asked of a report, and of the audit trail: from the address, so that a page can be kept and sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from common.forms import RefusableForm
from reports.tables.sheets import Filter, Report


def day_field(label: Any) -> forms.DateField:
    """A day in a filter."""
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"})
    )


class ReportForm(forms.Form):
    """The filters of a report, as the report itself names them."""

    def __init__(self, *args: Any, report: Report, clinic: Clinic, only_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in report.filters if not (only_own and each.hidden_from_own)]
        self.fields = {each.name: field_for(each, clinic) for each in offered}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("from") and found.get("to") and found["from"] > found["to"]:
            self.add_error("to", _("The last day lies before the first one."))
        return found


def field_for(narrowing: Filter, clinic: Clinic) -> forms.Field:
    """A filter as a field."""
    if narrowing.choices is None:
        return day_field(narrowing.label)
    choices = [("", narrowing.everything), *narrowing.choices(clinic)]
    if narrowing.is_number:
        return forms.TypedChoiceField(
            label=narrowing.label, required=False, choices=choices, coerce=int, empty_value=None
        )
    return forms.ChoiceField(label=narrowing.label, required=False, choices=choices)


class TimelineForm(forms.Form):
    """Which sort of entries, and before which moment."""

    kind = forms.CharField(required=False, max_length=20)
    before = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])


class PatientListForm(RefusableForm):
    """In which form the list of patients is wanted, and what it is for."""

    form = forms.ChoiceField(
        label=_("As"),
        choices=[
            ("xlsx", _("XLSX, for a spreadsheet")),
            ("csv-semicolon", _("CSV with semicolons and decimal commas")),
            ("csv", _("CSV with commas and decimal points")),
        ],
    )
    reason = forms.CharField(
        label=_("What is it for?"),
        max_length=300,
        help_text=_("Whoever agrees reads this, and it stays in the audit trail."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
