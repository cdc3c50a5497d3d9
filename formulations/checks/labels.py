"""Limits a label sets besides the dose: grams and area of a cream, points of a grid."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from formulations.checks.contexts import Context
from formulations.checks.doses import ANAESTHETIC
from formulations.checks.findings import Finding, Severity
from formulations.checks.mixes import Mix

LABEL_POINTS = {"deoxycholic-acid": 50}


def check_topical(mix: Mix, context: Context) -> Iterator[Finding]:
    """An anaesthetic cream against its own label, in grams and cm2; with an injected one on the same day a note."""
    cream = context.topical
    injected = [each for each in mix.substances if each.substance_class == ANAESTHETIC]
    if cream is None:
        return
    over_grams = cream.max_grams is not None and cream.grams > cream.max_grams
    over_area = None not in (cream.max_area_cm2, cream.area_cm2) and cream.area_cm2 > cream.max_area_cm2  # type: ignore[operator]
    if over_grams or over_area:
        yield Finding(
            "dose_cap_exceeded",
            Severity.BLOCK,
            (cream.product,),
            _("%(name)s: more grams or a larger area than its label allows.") % {"name": cream.product},
            source="label",
            fix="anaesthetic",
        )
    if injected:
        yield Finding(
            "dose_cap_near",
            Severity.NOTE,
            (*(each.slug for each in injected), cream.product),
            _("An anaesthetic cream and an injected anaesthetic on one day: their effects add up."),
            source=_("label of the cream"),
        )


def check_points(mix: Mix, context: Context) -> Iterator[Finding]:
    """A labelled limit of points, and no more of them than a 1 cm grid has on the area."""
    for substance in mix.substances:
        most = LABEL_POINTS.get(substance.slug)
        if most is None or context.points is None:
            continue
        area = context.points.area_cm2
        limit = most if area is None else min(most, int(Fraction(area)))
        if context.points.count > limit:
            yield Finding(
                "points_cap_exceeded",
                Severity.BLOCK,
                (substance.slug,),
                _("%(name)s: %(count)s points, and the label allows %(limit)s here.")
                % {"name": substance.short, "count": context.points.count, "limit": limit},
                source=substance.source,
                fix="points",
            )
