"""What every score is: an exact number or an honest "incomplete", and how its items are read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from common.decimals import half_up, parse_decimal, plain

Number = Decimal | Fraction | int
Items = Mapping[str, Any]
Bands = Sequence[tuple[Number, str]]


class InvalidItems(ValueError):
    """Items that cannot be scored; every complaint is a sentence for the person who entered them."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


@dataclass(frozen=True)
class Score:
    """The result of scoring: exact `value`, or none and the names of what is `missing`; never a silent zero."""

    value: Fraction | None
    places: int = 1
    missing: tuple[str, ...] = ()
    band: str = ""
    parts: Mapping[str, "Score"] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.value is not None

    @property
    def rounded(self) -> Decimal | None:
        """The value as it is stored and shown: half up, one rounding from the exact figure."""
        return None if self.value is None else half_up(self.value, self.places)

    @property
    def shown(self) -> str:
        """The value in writing, without trailing zeros; empty while incomplete."""
        return plain(self.rounded)


def incomplete(missing: Iterable[str], *, places: int = 1, parts: Mapping[str, Score] | None = None) -> Score:
    """A score that waits for items; it has no value, which is not zero."""
    return Score(None, places, tuple(missing), parts=parts or {})


def change_percent(before: Number | None, after: Number | None) -> Fraction | None:
    """(after - before) / before x 100, exact; None when either is missing or `before` is 0. Negative is a fall."""
    if before is None or after is None or Fraction(before) == 0:
        return None
    return (Fraction(after) - Fraction(before)) / Fraction(before) * 100


def shown_percent(value: Number | None) -> str:
    """A percentage in writing: two decimals half up, without trailing zeros."""
    return "" if value is None else plain(half_up(Fraction(value), 2))


def band_of(value: Number, bands: Bands) -> str:
    """The name of the band a value lies in; `bands` are (lowest value, name) in ascending order."""
    names = [name for lowest, name in bands if Fraction(value) >= Fraction(lowest)]
    return names[-1] if names else ""


def exact(raw: Any, name: str) -> Fraction:
    """Read a number as typed (comma or point) exactly, a float by its shortest writing; no words, no yes or no."""
    if isinstance(raw, bool) or not isinstance(raw, int | str | float | Decimal | Fraction):
        raise InvalidItems(_("%(name)s must be a number.") % {"name": name})
    try:
        return Fraction(parse_decimal(str(raw))) if isinstance(raw, str | float) else Fraction(raw)
    except (ValueError, OverflowError) as error:
        raise InvalidItems(_("%(name)s must be a number.") % {"name": name}) from error


def given(items: Items, key: str) -> bool:
    """Whether an item was answered at all."""
    return items.get(key) not in (None, "")


def number(items: Items, key: str, low: Number, high: Number, *, name: str = "", places: int = 10) -> Fraction:
    """An answered item as an exact number between `low` and `high` with at most so many decimals."""
    value, label = exact(items[key], name or key), name or key
    if not Fraction(low) <= value <= Fraction(high):
        limits = {"name": label, "low": plain(Decimal(str(low))), "high": plain(Decimal(str(high)))}
        raise InvalidItems(_("%(name)s must lie between %(low)s and %(high)s.") % limits)
    if (value * 10**places).denominator != 1:
        raise InvalidItems(
            _("%(name)s must be a whole number.") % {"name": label}
            if places == 0
            else _("%(name)s has at most %(places)s decimals.") % {"name": label, "places": places}
        )
    return value


def whole(items: Items, key: str, low: int, high: int, *, name: str = "") -> int:
    """An answered item as a whole number between `low` and `high`."""
    return int(number(items, key, low, high, name=name, places=0))


def mapping(raw: Any, name: str) -> Items:
    """An answer that consists of further items."""
    if not isinstance(raw, Mapping):
        raise InvalidItems(_("%(name)s must be a set of items.") % {"name": name})
    return raw


def refuse_unknown(items: Items, known: Iterable[str]) -> None:
    """Items of another scale are refused by name, never ignored."""
    unknown = sorted(set(items) - set(known))
    if unknown:
        raise InvalidItems(_("This scale has no item called %(names)s.") % {"names": ", ".join(unknown)})


def choice(items: Items, key: str, codes: Sequence[str], *, first: int = 0) -> tuple[int, str]:
    """An ordinal answer given by its code or its number; `first` is the number of the first code."""
    raw = items[key]
    if isinstance(raw, str) and raw in codes:
        return first + codes.index(raw), raw
    position = whole(items, key, first, first + len(codes) - 1)
    return position, codes[position - first]
