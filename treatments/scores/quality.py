"""Quality of life: the DLQI, scored only; its questions are copyright and stay with the clinic's licensed form."""

from fractions import Fraction

from treatments.scores.values import Bands, Items, Number, Score, band_of, given, incomplete, refuse_unknown, whole

QUESTIONS = tuple(f"q{place}" for place in range(1, 11))
DLQI_BANDS: Bands = ((0, "none"), (2, "small"), (6, "moderate"), (11, "very_large"), (21, "extremely_large"))
DLQI_SUBSCALES = {
    "symptoms": ("q1", "q2"),
    "daily": ("q3", "q4"),
    "leisure": ("q5", "q6"),
    "work": ("q7",),
    "relations": ("q8", "q9"),
    "treatment": ("q10",),
}
DLQI_SMALLEST_DIFFERENCE = 4


def dlqi(items: Items) -> Score:
    """DLQI, 0-30: the `total`, or ten answers of 0-3. One unanswered question counts 0, two make it incomplete."""
    refuse_unknown(items, ("total", *QUESTIONS))
    if given(items, "total"):
        total = whole(items, "total", 0, 30)
        return Score(Fraction(total), 0, band=band_of(total, DLQI_BANDS))
    missing = [question for question in QUESTIONS if not given(items, question)]
    answers = {question: whole(items, question, 0, 3) for question in QUESTIONS if question not in missing}
    if len(missing) > 1:
        return incomplete(missing, places=0)
    total = sum(answers.values())
    parts = {
        name: Score(Fraction(sum(answers.get(question, 0) for question in questions)), 0)
        for name, questions in DLQI_SUBSCALES.items()
    }
    return Score(Fraction(total), 0, missing=tuple(missing), band=band_of(total, DLQI_BANDS), parts=parts)


def dlqi_changed(before: Number, after: Number) -> bool:
    """Whether a change of the total is one that patients notice: 4 points or more, either way."""
    return abs(Fraction(after) - Fraction(before)) >= DLQI_SMALLEST_DIFFERENCE
