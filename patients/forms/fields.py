"""Fields that forms about patients share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import phones
from patients import synonyms

LONGEST = 200


class PhoneField(forms.CharField):
    """A telephone number in any usual spelling, cleaned to E.164; set `region` on the field before cleaning."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    region: str | None = None

    def prepare_value(self, value: Any) -> Any:
        return phones.shown(value, self.region) if isinstance(value, str) and value.startswith("+") else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return phones.to_e164(text or "", self.region)
        except ValueError as error:
            hint = _("“%(text)s” is not a telephone number. Write it like +34 612 345 678.")
            raise ValidationError(hint, params={"text": text}) from error


class LinesField(forms.CharField):
    """One statement a line; "none" and its like are not statements."""

    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        lines = synonyms.lines(super().clean(value) or "")
        if any(len(line) > LONGEST for line in lines):
            raise ValidationError(_("One line holds at most %(most)s characters."), params={"most": LONGEST})
        return lines


class NamesField(forms.CharField):
    """Several names with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        names = [name.strip() for name in (super().clean(value) or "").split(",") if name.strip()]
        if any(len(name) > 120 for name in names):
            raise ValidationError(_("One name holds at most 120 characters."))
        return names
