"""Numbers as people type and read them: a comma is a point, and nothing is a float."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,10})?\Z")


def parse_decimal(text: str) -> Decimal:
    """Read `0,02` and `0.02` alike; a thousands separator, an exponent or a word is refused with ValueError."""
    cleaned = text.strip().replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    if not _NUMBER.match(cleaned):
        raise ValueError(text)
    try:
        return Decimal(cleaned.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error


def half_up(value: Decimal | Fraction | int, places: int) -> Decimal:
    """Round half up to so many decimals, from the exact value."""
    if isinstance(value, Fraction):
        scaled = value * 10**places
        doubled, sign = abs(scaled) * 2, -1 if scaled < 0 else 1
        whole = (doubled.numerator // doubled.denominator + 1) // 2
        return Decimal(sign * whole).scaleb(-places)
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Decimal | int | None) -> str:
    """Write a number without exponent or trailing zeros: 0.5, 10, 37.5."""
    if value is None:
        return ""
    text = format(Decimal(value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


class DecimalField(forms.CharField):
    """A number typed with comma or point, cleaned to Decimal, given back as it was typed when it is wrong."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(
        self,
        *,
        minimum: Any = None,
        maximum: Any = None,
        decimal_places: int = 3,
        unit: Any = "",
        **kwargs: Any,
    ) -> None:
        self.minimum = None if minimum is None else Decimal(str(minimum))
        self.maximum = None if maximum is None else Decimal(str(maximum))
        self.decimal_places, self.unit = decimal_places, unit
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_decimal(str(text))
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a number. Write it like 0.02 or 0,02."), params={"text": text}
            ) from error
        self._check(number)
        return number

    def _check(self, number: Decimal) -> None:
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimal_places:
            raise ValidationError(
                _("At most %(places)s decimals are kept; “%(number)s” has more."),
                params={"places": self.decimal_places, "number": plain(number)},
            )
        if self.minimum is not None and number < self.minimum:
            raise ValidationError(_("The smallest value here is %(minimum)s."), params={"minimum": plain(self.minimum)})
        if self.maximum is not None and number > self.maximum:
            raise ValidationError(_("The largest value here is %(maximum)s."), params={"maximum": plain(self.maximum)})
