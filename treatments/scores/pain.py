"""Pain: VAS and NRS (two instruments that never share a chart), and neck and back disability."""

from fractions import Fraction

from treatments.scores.values import (
    Bands,
    Items,
    Number,
    Score,
    band_of,
    given,
    incomplete,
    number,
    refuse_unknown,
    whole,
)

VAS_BANDS: Bands = ((0, "mild"), (Fraction("3.5"), "moderate"), (Fraction("7.5"), "severe"))
NRS_BANDS: Bands = ((0, "mild"), (6, "moderate"), (8, "severe"))
QUESTIONS = tuple(f"q{place}" for place in range(1, 11))


def vas(items: Items, *, bands: Bands = VAS_BANDS) -> Score:
    """Pain 0-10 with one decimal as `value`, or `mm` on a 100 mm line; bands are clinic policy (Boonstra 2014)."""
    refuse_unknown(items, ("value", "mm"))
    if given(items, "mm"):
        value = Fraction(whole(items, "mm", 0, 100), 10)
    elif given(items, "value"):
        value = number(items, "value", 0, 10, places=1)
    else:
        return incomplete(["value"])
    return Score(value, band=band_of(value, bands))


def nrs(items: Items, *, bands: Bands = NRS_BANDS) -> Score:
    """Pain 0-10 in whole numbers; bands are clinic policy (Boonstra 2016)."""
    refuse_unknown(items, ("value",))
    if not given(items, "value"):
        return incomplete(["value"], places=0)
    value = whole(items, "value", 0, 10)
    return Score(Fraction(value), 0, band=band_of(value, bands))


def pain_responder(before: Number, after: Number) -> bool:
    """A response: at least 2 points and at least 30 percent less pain."""
    fall = Fraction(before) - Fraction(after)
    return fall >= 2 and fall * 100 >= 30 * Fraction(before)


def ndi(items: Items) -> Score:
    """Neck Disability Index, 0-50: the `total`, or ten questions of 0-5; the percentage is twice the score."""
    refuse_unknown(items, ("total", *QUESTIONS))
    if given(items, "total"):
        return Score(Fraction(whole(items, "total", 0, 50)), 0)
    missing = [question for question in QUESTIONS if not given(items, question)]
    if missing:
        return incomplete(missing, places=0)
    return Score(Fraction(sum(whole(items, question, 0, 5) for question in QUESTIONS)), 0)


def odi(items: Items) -> Score:
    """Oswestry Disability Index, 0-100 percent, entered as `percent`."""
    refuse_unknown(items, ("percent",))
    if not given(items, "percent"):
        return incomplete(["percent"])
    return Score(number(items, "percent", 0, 100, places=1))
