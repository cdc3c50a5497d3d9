"""A delegation as the practitioner fills it in: to whom, by which protocol, until when."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm

USUAL = timedelta(days=180)


class DelegationForm(RefusableForm):
    """Whom one lets record and inject, by which protocol, until when."""

    membership = forms.TypedChoiceField(label=_("To"), coerce=int)
    protocol_slug = forms.ChoiceField(label=_("Protocol"))
    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, colleagues: Iterable[Any], protocols: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {each.pk: each for each in colleagues}
        people = [(pk, str(each.user)) for pk, each in self.colleagues.items()]
        self.fields["membership"].choices = people  # type: ignore[attr-defined]
        self.fields["protocol_slug"].choices = [(row.slug, row.name) for row in protocols]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """The delegation as its action takes it."""
        given = super().values
        return {**given, "membership": self.colleagues[given["membership"]]}
