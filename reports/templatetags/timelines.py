"""Plans, scores and the timeline on the first page of a chart."""

from typing import Any

from django import template

from accounts.access import Permission, may
from patients.models import Patient
from reports.tables import overview, timeline

register = template.Library()
FEW = 8


@register.inclusion_tag("reports/_overview_course.html", takes_context=True)
def chart_course(context: Any, patient: Patient) -> dict[str, Any]:
    """Draw the plans under way with their dots and what is due next."""
    request = context["request"]
    return {
        "patient": patient,
        "courses": overview.courses_in(request, patient),
        "may_book": may(request.membership, Permission.BOOK_APPOINTMENTS),
    }


@register.inclusion_tag("reports/_overview_scores.html", takes_context=True)
def chart_scores(context: Any, patient: Patient) -> dict[str, Any]:
    """Draw how the scores have moved since the first ones."""
    return {"patient": patient, "series": overview.scores_in(context["request"], patient)}


@register.inclusion_tag("reports/_overview_timeline.html", takes_context=True)
def chart_timeline(context: Any, patient: Patient) -> dict[str, Any]:
    """Draw the newest entries of the timeline."""
    request = context["request"]
    page = timeline.page_of(request, patient, most=FEW)
    return {"patient": patient, "page": page, "few": page.entries[:FEW], "zone": request.clinic.time_zone}
