"""What is chosen when two files become one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm

OURS, THEIRS = "ours", "theirs"


class MergeForm(RefusableForm):
    """Which value stays, where the two files differ, and why they are one person."""

    reason = forms.CharField(
        label=_("Why are these one and the same person?"),
        max_length=300,
        help_text=_("What you compared: birth date, telephone, a paper, what the patient says."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, differences: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [each.name for each in differences]
        chosen = {
            each.name: forms.ChoiceField(
                label=each.label,
                choices=[(OURS, each.ours or "–"), (THEIRS, each.theirs)],
                initial=THEIRS if each.is_only_theirs else OURS,
                widget=forms.RadioSelect,
            )
            for each in differences
        }
        self.fields = {**chosen, **self.fields}  # type: ignore[assignment]

    @property
    def taking(self) -> list[str]:
        """Give the names of what is taken from the duplicate."""
        return [name for name in self.names if self.cleaned_data[name] == THEIRS]


class SplitForm(RefusableForm):
    """Why two files that were merged are two people after all."""

    reason = forms.CharField(
        label=_("Why are these two people?"), max_length=300, widget=forms.TextInput({"autocomplete": "off"})
    )
