"""The arithmetic of a mix: exact fractions from the first millilitre to the delivered dose, rounded only when shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from common.decimals import half_up, plain

Number = Decimal | Fraction | int

UNITS = ("mg", "U", "IU", "mL")
MILLILITRES = "mL"
SHOWN_PLACES = 4
SMALL_ADULT_KG = 35
TOLERATED_ML = Fraction(1, 5)
TOLERATED_SHARE = Fraction(1, 10)

IMMEDIATE_USE_HOURS = 4
IMMEDIATE_USE_PRODUCTS = 3
MULTI_DOSE_DAYS = 28
BEYOND_USE = {
    ("immediate", "room"): timedelta(hours=IMMEDIATE_USE_HOURS),
    ("category-1", "room"): timedelta(hours=12),
    ("category-1", "fridge"): timedelta(hours=24),
    ("category-2", "room"): timedelta(days=4),
    ("category-2", "fridge"): timedelta(days=10),
    ("category-2", "freezer"): timedelta(days=45),
    ("category-2-nonsterile", "room"): timedelta(days=1),
    ("category-2-nonsterile", "fridge"): timedelta(days=4),
    ("category-2-nonsterile", "freezer"): timedelta(days=45),
}


class InvalidMix(ValueError):
    """Volumes or strengths that cannot exist; the text is a sentence."""


@dataclass(frozen=True)
class Part:
    """One substance of one component: its strength per mL (None = unknown) and the component's volume in the mix."""

    substance: str
    volume_ml: Number
    concentration: Number | None = None
    unit: str = "mg"


@dataclass(frozen=True)
class Amount:
    """What the mix holds of a part: in the whole mix, per mL of it, and in what is injected; all in `unit`, exact."""

    substance: str
    unit: str
    amount: Fraction
    final_per_ml: Fraction
    delivered: Fraction


@dataclass(frozen=True)
class Cap:
    """The most of a substance in one session: absolute, per kg of weight, or both; `kind` says what is behind it."""

    kind: str
    unit: str
    absolute: Number | None = None
    per_kg: Number | None = None

    def at(self, weight_kg: Number | None) -> Fraction | None:
        """The cap for this weight: the lower of both; without a weight only the absolute one is known."""
        limits = [Fraction(self.absolute)] if self.absolute is not None else []
        if self.per_kg is not None and weight_kg is not None:
            limits.append(Fraction(self.per_kg) * Fraction(weight_kg))
        return min(limits, default=None)


def per_ml_unit(text: str) -> str:
    """The unit of a strength written per mL: "mg/mL" holds mg. Anything but mg, U, IU or mL is refused."""
    unit = text.strip().removesuffix("/mL").removesuffix("/ml")
    if unit not in UNITS:
        raise InvalidMix(_("“%(text)s” is not a unit: strengths are mg, U or IU per mL.") % {"text": text})
    return unit


def total_ml(volumes: Iterable[Number]) -> Fraction:
    """The volume of the whole mix."""
    return sum((_positive(volume, _("A volume")) for volume in volumes), Fraction(0))


def amounts(parts: Sequence[Part], mixed_ml: Number, injected_ml: Number | None = None) -> list[Amount]:
    """Mass = concentration x volume; final = mass / mixed volume; delivered = final x injected volume (all if None).

    A part without a known strength, or counted in mL, is answered in mL.
    """
    mixed = _positive(mixed_ml, _("The mix"))
    injected = mixed if injected_ml is None else Fraction(injected_ml)
    if not 0 <= injected <= mixed:
        raise InvalidMix(_("No more can be injected than was mixed."))
    return [_amount(part, mixed, injected) for part in parts]


def _amount(part: Part, mixed: Fraction, injected: Fraction) -> Amount:
    volume = _positive(part.volume_ml, _("A volume"))
    known = part.concentration is not None and part.unit != MILLILITRES
    strength = (
        _positive(part.concentration, _("A strength")) if known and part.concentration is not None else Fraction(1)
    )
    mass = strength * volume
    return Amount(part.substance, part.unit if known else MILLILITRES, mass, mass / mixed, mass / mixed * injected)


def delivered_ml(volume_ml: Number, mixed_ml: Number, injected_ml: Number | None = None) -> Fraction:
    """How much of a component's volume is in what is injected."""
    if injected_ml is None:
        return Fraction(volume_ml)
    return Fraction(volume_ml) / _positive(mixed_ml, _("The mix")) * Fraction(injected_ml)


def share_of_cap(delivered: Number, cap: Number) -> Fraction:
    """How much of a cap a dose uses up: 1 is all of it."""
    return Fraction(delivered) / Fraction(cap)


def anaesthetic_share(doses: Iterable[tuple[Number, Number]]) -> Fraction:
    """Local anaesthetics add up as shares of their own caps, given as (delivered, cap); over 1 is too much."""
    return sum((share_of_cap(delivered, cap) for delivered, cap in doses), Fraction(0))


def ph_gap(first: tuple[Number, Number], second: tuple[Number, Number]) -> Fraction:
    """The distance between two pH ranges (min, max); zero or less when they meet."""
    return Fraction(max(first[0], second[0])) - Fraction(min(first[1], second[1]))


def beyond_use_at(
    started_at: datetime, *, standard: str = "immediate", storage: str = "room", limits: Iterable[datetime | None] = ()
) -> datetime:
    """When a mix must no longer be used: what its standard allows, or an earlier limit of an opened pack or a lot."""
    if (standard, storage) not in BEYOND_USE:
        raise InvalidMix(_("There is no beyond-use time for this way of preparing and storing."))
    return min([started_at + BEYOND_USE[standard, storage], *(limit for limit in limits if limit is not None)])


def standard_of(prepared_at: datetime, beyond_use_at: datetime) -> str:
    """The standard by which a mix was made, as its clock tells: only one made under a hood outlasts immediate use."""
    lasts = beyond_use_at - prepared_at
    return "immediate" if lasts <= BEYOND_USE["immediate", "room"] else "category-1"


def fits_immediate_use(products: int) -> bool:
    """Whether a bedside mix stays within three different sterile products (USP <797>, diluent counted)."""
    return products <= IMMEDIATE_USE_PRODUCTS


def injected_by_points(points: int, ml_per_point: Number) -> Fraction:
    """The volume that so many points take."""
    if points < 0:
        raise InvalidMix(_("Points cannot be negative."))
    return points * _positive(ml_per_point, _("The volume per point"))


def grid_points(area_cm2: Number, spacing_mm: Number = 10) -> int:
    """How many whole points a grid of this spacing fits into an area."""
    return int(Fraction(area_cm2) * 100 // _positive(spacing_mm, _("The spacing")) ** 2)


def packs_needed(volume_ml: Number, pack_ml: Number) -> int:
    """How many packs must be opened for a volume."""
    packs = Fraction(volume_ml) / _positive(pack_ml, _("A pack"))
    return -(-packs.numerator // packs.denominator)


@dataclass(frozen=True)
class Reconciliation:
    """Drawn against injected and wasted: what is left unexplained, and whether somebody must say why."""

    wasted_ml: Fraction
    difference_ml: Fraction
    needs_reason: bool


def reconcile(drawn_ml: Number, injected_ml: Number, wasted_ml: Number | None = None) -> Reconciliation:
    """drawn = injected + wasted; an unstated waste is the rest. Over 0.2 mL or 10 percent needs a reason."""
    drawn, injected = Fraction(drawn_ml), Fraction(injected_ml)
    wasted = drawn - injected if wasted_ml is None else Fraction(wasted_ml)
    difference = drawn - injected - max(wasted, Fraction(0))
    off = abs(difference)
    return Reconciliation(wasted, difference, off > TOLERATED_ML or off > TOLERATED_SHARE * drawn)


def shown(value: Number | None) -> str:
    """A figure in writing: four decimals half up from the exact value, without trailing zeros."""
    return "" if value is None else plain(half_up(Fraction(value), SHOWN_PLACES))


def _positive(value: Number, what: str) -> Fraction:
    if value <= 0:
        raise InvalidMix(_("%(what)s must be more than zero.") % {"what": what})
    return Fraction(value)
