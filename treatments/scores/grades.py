"""Global judgements on a few steps: GAIS, satisfaction, fat under the chin, wrinkles, photoageing."""

from fractions import Fraction

from treatments.scores.values import Items, Number, Score, choice, given, incomplete, refuse_unknown, whole

GAIS_CODES = ("very_much_improved", "much_improved", "improved", "no_change", "worse")
SATISFACTION_CODES = ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied")
CR_SMFRS_CODES = ("absent", "mild", "moderate", "severe", "extreme")
GLOGAU_STAGES = ("I", "II", "III", "IV")
OTHER_GAIS_CODINGS = {
    "ascending_0_4": dict(enumerate(reversed(GAIS_CODES))),
    "plus3_minus1": dict(zip((3, 2, 1, 0, -1), GAIS_CODES, strict=True)),
}


def gais(items: Items) -> Score:
    """Global Aesthetic Improvement Scale, 1 (best) to 5 (worse) against the baseline photo; `band` is the label."""
    return _graded(items, GAIS_CODES, first=1)


def gais_code(coding: str, number: int) -> str:
    """The label code of a GAIS number in another coding (`ascending_0_4` or `plus3_minus1`), for imports."""
    return OTHER_GAIS_CODINGS[coding][number]


def gais_responder(value: Number) -> bool:
    """Improved at all: 1 to 3."""
    return value <= 3


def satisfaction(items: Items) -> Score:
    """How content the patient is, 1 (very dissatisfied) to 5 (very satisfied)."""
    return _graded(items, SATISFACTION_CODES, first=1)


def cr_smfrs(items: Items) -> Score:
    """Fat under the chin as the clinician rates it, 0 (absent) to 4 (extreme)."""
    return _graded(items, CR_SMFRS_CODES, first=0)


def glogau(items: Items) -> Score:
    """Photoageing I (mild) to IV (severe)."""
    return _graded(items, GLOGAU_STAGES, first=1)


def fitzpatrick_wrinkle(items: Items) -> Score:
    """Wrinkles and elastosis 1-9 at one `site` (perioral or periorbital); class I-III is the score / 3, rounded up."""
    refuse_unknown(items, ("value", "site"))
    missing = [key for key in ("value",) if not given(items, key)]
    if missing:
        return incomplete(missing, places=0)
    value = whole(items, "value", 1, 9)
    return Score(Fraction(value), 0, band=("I", "II", "III")[(value - 1) // 3])


def _graded(items: Items, codes: tuple[str, ...], *, first: int) -> Score:
    refuse_unknown(items, ("value",))
    if not given(items, "value"):
        return incomplete(["value"], places=0)
    place, code = choice(items, "value", codes, first=first)
    return Score(Fraction(place), 0, band=code)
