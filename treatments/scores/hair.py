"""Hair: density in a measured field, and the stages of pattern hair loss."""

from fractions import Fraction

from django.utils.translation import gettext as _

from treatments.scores.values import (
    InvalidItems,
    Items,
    Score,
    choice,
    given,
    incomplete,
    number,
    refuse_unknown,
    whole,
)

NORWOOD_STAGES = ("I", "II", "IIa", "III", "IIIa", "III-vertex", "IV", "IVa", "V", "Va", "VI", "VII")
LUDWIG_STAGES = ("0", "I", "II", "III")
DENSEST = 400


def hair_density(items: Items) -> Score:
    """Hairs per cm2 (0-400): `hairs` counted / `area_cm2`, always the same site and lens."""
    refuse_unknown(items, ("hairs", "area_cm2", "site"))
    missing = [key for key in ("hairs", "area_cm2") if not given(items, key)]
    if missing:
        return incomplete(missing)
    hairs, area = whole(items, "hairs", 0, 10_000), number(items, "area_cm2", 0, 100, places=4)
    if area == 0 or hairs / area > DENSEST:
        raise InvalidItems(_("A density above 400 hairs per cm2 is not possible: check the count and the area."))
    return Score(hairs / area)


def norwood_hamilton(items: Items) -> Score:
    """Stage of male hair loss; the number is only its place in the order I to VII with the variants between."""
    return _stage(items, NORWOOD_STAGES, first=1)


def ludwig(items: Items) -> Score:
    """Stage of female hair loss, 0 to III."""
    return _stage(items, LUDWIG_STAGES, first=0)


def _stage(items: Items, stages: tuple[str, ...], *, first: int) -> Score:
    refuse_unknown(items, ("stage",))
    if not given(items, "stage"):
        return incomplete(["stage"], places=0)
    place, stage = choice(items, "stage", stages, first=first)
    return Score(Fraction(place), 0, band=stage)
