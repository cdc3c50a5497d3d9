"""Keys for programs, and new versions of what the clinic has decided."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Policy
from common.dates import PastDayField
from common.decimals import DecimalField
from common.forms import RefusableForm

DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until it is taken back")))


class TokenForm(RefusableForm):
    """A key for a program. It carries no key of its own against double clicks: the answer must not be kept."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The program that will use the key."))
    membership = forms.ModelChoiceField(
        label=_("Acts as"), queryset=None, help_text=_("The program may do what this person may do.")
    )
    days = forms.ChoiceField(label=_("Valid for"), choices=DAYS, required=False, initial="90")

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["idempotency_key"]
        self.fields["membership"].queryset = members

    def expires_at(self, at: datetime) -> datetime | None:
        """Say when the key stops, if ever."""
        days = self.cleaned_data["days"]
        return at + timedelta(days=int(days)) if days else None

    @property
    def member(self) -> Membership:
        return self.cleaned_data["membership"]


class WordsField(forms.CharField):
    """A list of words, one on each line."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = (line.strip() for line in super().clean(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


def field_for(value: Any) -> forms.Field | None:
    """Give the field in which a value of this kind is typed; none where it is not typed in a page."""
    if isinstance(value, bool):
        return forms.TypedChoiceField(
            label=_("Value"),
            choices=[("true", _("Yes")), ("false", _("No"))],
            coerce=lambda word: word == "true",
            initial="true" if value else "false",
            widget=forms.RadioSelect,
        )
    if isinstance(value, int | float):
        return DecimalField(label=_("Value"), initial=Decimal(str(value)))
    if isinstance(value, str):
        return forms.CharField(label=_("Value"), max_length=2000, initial=value)
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return WordsField(
            label=_("Value"), initial=value, required=False, help_text=_("One on each line, spelled as before.")
        )
    return None


class PolicyForm(RefusableForm):
    """A new version of a decision: its value, the source it rests on, and the day from which it holds."""

    source = forms.CharField(
        label=_("Source"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Why, or after what.")
    )
    effective_on = PastDayField(
        label=_("In force from"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Today or an earlier day: a decision holds as soon as it is written down."),
    )
    field_order = ["value", "source", "effective_on"]

    def __init__(self, *args: Any, policy: Policy, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = field_for(policy.value)
        if field:
            self.fields["value"] = field
        self.fields["effective_on"].initial = today
        self.order_fields(self.field_order)

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return value

    def clean_effective_on(self) -> date:
        day = self.cleaned_data["effective_on"]
        if day > self.today:
            raise forms.ValidationError(_("Write it down on the day from which it holds, not before."))
        return day
