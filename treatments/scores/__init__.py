"""Outcome measures: raw items in, one exact score out. Pure arithmetic, the same for page, API and report."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.scores.cellulite import circumference, css, girth_may_reflect_weight, nurnberger_muller
from treatments.scores.grades import cr_smfrs, fitzpatrick_wrinkle, gais, gais_responder, glogau, satisfaction
from treatments.scores.hair import hair_density, ludwig, norwood_hamilton
from treatments.scores.pain import ndi, nrs, odi, pain_responder, vas
from treatments.scores.pigment import area_from_percent, masi, mmasi
from treatments.scores.quality import dlqi, dlqi_changed
from treatments.scores.values import InvalidItems, Items, Score, change_percent, shown_percent

__all__ = [
    "MEASURES",
    "Better",
    "InvalidItems",
    "Measure",
    "Score",
    "area_from_percent",
    "change_percent",
    "dlqi_changed",
    "gais_responder",
    "girth_may_reflect_weight",
    "pain_responder",
    "score",
    "shown_percent",
]


class Better(StrEnum):
    """Which way a score moves when the patient gets better; `stage` scores have no percentage of change."""

    LOWER = "lower"
    HIGHER = "higher"
    STAGE = "stage"


@dataclass(frozen=True)
class Measure:
    """An outcome measure: how it is scored, its range, and which way is better."""

    slug: str
    name: str | Promise
    score: Callable[[Items], Score]
    lowest: Decimal
    highest: Decimal
    better: Better
    unit: str = ""


def _measure(
    slug: str, name: Promise, scored: Callable[[Items], Score], low: int, high: int, better: Better, unit: str = ""
) -> Measure:
    return Measure(slug, name, scored, Decimal(low), Decimal(high), better, unit)


MEASURES = {
    measure.slug: measure
    for measure in (
        _measure("mmasi", _("Melasma (mMASI)"), mmasi, 0, 24, Better.LOWER),
        _measure("masi", _("Melasma (MASI)"), masi, 0, 48, Better.LOWER),
        _measure("css", _("Cellulite severity (CSS)"), css, 0, 15, Better.LOWER),
        _measure("nurnberger-muller", _("Cellulite grade (Nurnberger-Muller)"), nurnberger_muller, 0, 3, Better.STAGE),
        _measure("gais", _("Global improvement (GAIS)"), gais, 1, 5, Better.STAGE),
        _measure("fitzpatrick-wrinkle", _("Wrinkles (Fitzpatrick)"), fitzpatrick_wrinkle, 1, 9, Better.LOWER),
        _measure("glogau", _("Photoageing (Glogau)"), glogau, 1, 4, Better.STAGE),
        _measure("vas", _("Pain (VAS)"), vas, 0, 10, Better.LOWER),
        _measure("nrs", _("Pain (NRS)"), nrs, 0, 10, Better.LOWER),
        _measure("ndi", _("Neck disability (NDI)"), ndi, 0, 50, Better.LOWER),
        _measure("odi", _("Back disability (ODI)"), odi, 0, 100, Better.LOWER, "%"),
        _measure("hair-density", _("Hair density"), hair_density, 0, 400, Better.HIGHER, "/cm²"),
        _measure("norwood-hamilton", _("Hair loss, men (Norwood-Hamilton)"), norwood_hamilton, 1, 12, Better.STAGE),
        _measure("ludwig", _("Hair loss, women (Ludwig)"), ludwig, 0, 3, Better.STAGE),
        _measure("circumference", _("Circumference"), circumference, 5, 200, Better.LOWER, "cm"),
        _measure("dlqi", _("Quality of life (DLQI)"), dlqi, 0, 30, Better.LOWER),
        _measure("cr-smfrs", _("Fat under the chin (CR-SMFRS)"), cr_smfrs, 0, 4, Better.LOWER),
        _measure("satisfaction", _("Satisfaction"), satisfaction, 1, 5, Better.HIGHER),
    )
}


def score(measure: str, items: Items) -> Score:
    """Score raw items of a measure by its slug; InvalidItems with sentences when they cannot be right."""
    return MEASURES[measure].score(items)
