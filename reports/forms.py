"""What is asked of a report, and of the audit trail: from the address, so that a page can be kept and sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def day_field(label: Any) -> forms.DateField:
    """A day in a filter."""
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"})
    )


class ReportForm(forms.Form):
    """The days and the product of a report."""

    product = forms.TypedChoiceField(label=_("Product"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, products: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", _("All products")), *products]
        self.fields = {"from": day_field(_("From")), "to": day_field(_("To")), **self.fields}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("from") and found.get("to") and found["from"] > found["to"]:
            self.add_error("to", _("The last day lies before the first one."))
        return found

    @property
    def asked(self) -> dict[str, Any]:
        """Give what was asked, in the words of the report."""
        found = self.cleaned_data
        return {"since": found.get("from"), "until": found.get("to"), "product": found.get("product")}


class TimelineForm(forms.Form):
    """Which sort of entries, and before which moment."""

    kind = forms.CharField(required=False, max_length=20)
    before = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])


class TrailForm(forms.Form):
    """What of the audit trail is shown: one sort of act, one person, one day."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    day = day_field(_("Day"))

    def __init__(self, *args: Any, kinds: Any = (), people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Everything")), *kinds]
        self.fields["person"].choices = [("", _("Everybody")), *people]
        if not people:
            del self.fields["person"]
