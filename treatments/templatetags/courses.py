"""How plans, sessions and consents are put into words and signs."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from treatments import dates
from treatments.tables.plans import pill_of

register = template.Library()
register.filter("pill_of", pill_of)
GRADES = {
    "A": _("A: approved for this use, or several good trials"),
    "B": _("B: one good trial, or several that disagree"),
    "C": _("C: case series and expert opinion, no comparison"),
    "D": _("D: tradition; no trial of this treatment"),
    "none": _("No evidence, or trials that found no benefit"),
}


@register.filter
def grade_words(grade: str) -> Any:
    """Say what an evidence grade means."""
    return GRADES.get(grade, GRADES["none"])


@register.filter
def phase_words(phases: str) -> str:
    """Say in words how far apart the sessions of a protocol are."""
    parts = []
    for phase in dates.parse_phases(phases):
        values = {"count": phase.sessions, "least": phase.min_days, "most": phase.max_days}
        parts.append(_("%(count)s every %(least)s–%(most)s days") % values)
    return ", ".join(str(part) for part in parts)
