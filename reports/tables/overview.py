"""What the first page of a chart shows of plans and scores, as far as the reader may know it."""

from typing import Any

from accounts.access import Permission
from patients.models import Patient
from patients.templatetags.charts import reaches
from treatments.tables.outcomes import Series, series_in
from treatments.tables.plans import Course, courses_of

MOST_PLANS, MOST_SCORES = 3, 4


def courses_in(request: Any, patient: Patient) -> list[Course] | None:
    """Give the plans under way with how far they are; None where the reader may not know."""
    if not reaches(request, patient, (Permission.VIEW_PLANS,)):
        return None
    plans = patient.plans.visible_to(request.user).live().with_chart().latest_first()
    return courses_of(plans[:MOST_PLANS])


def scores_in(request: Any, patient: Patient) -> list[Series] | None:
    """Give the scores as series, those with a course to show first; None where the reader may not know."""
    if not reaches(request, patient, (Permission.VIEW_OUTCOMES,)):
        return None
    rows = patient.outcomes.visible_to(request.user).standing().with_names()
    series = [each for each in series_in(rows) if each.complete]
    return sorted(series, key=lambda each: not each.is_drawn)[:MOST_SCORES]
