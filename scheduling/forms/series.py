"""A course booked at once: when the patient would rather come, what was picked by hand, what is to be booked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm
from scheduling.forms.bookings import Chosen, read_slot
from scheduling.forms.set_up import time_field
from scheduling.models import TimeWish, Weekday


class TimeWishForm(RefusableForm):
    """On which weekdays, and between which hours, a patient would rather come."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: any day."),
    )
    not_before = time_field(_("Not before"), required=False)
    not_after = time_field(_("Not after"), required=False)

    @classmethod
    def about(cls, wish: TimeWish | None, data: Any = None) -> "TimeWishForm":
        """Show what was said last."""
        known = {"weekdays": wish.weekdays, "not_before": wish.not_before, "not_after": wish.not_after} if wish else {}
        return cls(data, initial=known)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("not_before"), cleaned.get("not_after")
        if first and last and first >= last:
            self.add_error("not_after", _("The end lies after the beginning."))
        return cleaned


class SeriesForm(RefusableForm):
    """The button that books all; the times come as they stand in the table."""


def read_choices(values: Iterable[str], zone: str) -> dict[int, Chosen]:
    """Read "3|moment|person|room" for each visit; anything else is no choice."""
    found = {}
    for value in values:
        ordinal, _bar, slot = value.partition("|")
        chosen = read_slot(slot, zone)
        if ordinal.isdigit() and len(ordinal) <= 2 and chosen:
            found[int(ordinal)] = chosen
    return found
