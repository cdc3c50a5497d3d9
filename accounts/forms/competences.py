"""What somebody was trained for, and until when it counts."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common.dates import PastDayField
from common.forms import RefusableForm


class CompetenceForm(RefusableForm):
    """A competence that the clinic knows, or a new one by its name."""

    competence = forms.ModelChoiceField(
        label=_("Competence"), queryset=None, required=False, empty_label=_("Another one")
    )
    name = forms.CharField(
        label=_("Name of another one"),
        max_length=80,
        required=False,
        help_text=_("Only where it is not in the list: a device, a technique, a protocol."),
    )
    valid_until = PastDayField(
        label=_("Valid until"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example 2027-03-31 or 31/03/2027. Left empty, it counts until it is ended."),
    )

    def __init__(self, *args: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competence"].queryset = known

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen, named = cleaned.get("competence"), cleaned.get("name", "")
        if not chosen and not slugify(named) and "competence" not in self.errors:
            self.add_error("competence", _("Choose one, or name another one."))
        return cleaned

    @property
    def granted(self) -> dict[str, Any]:
        """Give what the grant needs."""
        cleaned = self.values
        chosen = cleaned["competence"]
        named = {"slug": chosen.slug} if chosen else {"slug": slugify(cleaned["name"]), "name": cleaned["name"]}
        return {**named, "valid_until": cleaned["valid_until"]}
