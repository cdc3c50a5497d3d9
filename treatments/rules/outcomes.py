"""When a measure may be recorded, and how far it moved against the first of its kind."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.decimals import half_up, parse_decimal, plain
from common.refused import Refusal
from common.rules import rule
from treatments import scores
from treatments.models import Measure, OutcomeMeasure

Key = tuple[Any, ...]


@rule
def rate_outcome(
    user: User, patient: Any, *, rated_on: date, today: date, plan: Any, session: Any
) -> Iterator[tuple[bool, Refusal]]:
    """A measure is of a living record and of today or before; its plan and session are this patient's."""
    yield (
        not (patient.merged_into_id or patient.entered_in_error or patient.erased_at),
        Refusal("wrong_state", _("This record is closed. Open the patient's current record.")),
    )
    yield rated_on <= today, Refusal("invalid", _("A measure cannot be of a day to come."))
    yield rated_on >= patient.born_on, Refusal("invalid", _("This day is before the patient was born."))
    yield (
        plan is None or plan.patient_id == patient.pk,
        Refusal("invalid", _("This plan is another patient's.")),
    )
    yield (
        session is None or (session.patient_id == patient.pk and (plan is None or session.plan_id == plan.pk)),
        Refusal("invalid", _("This session belongs to another plan.")),
    )


@rule
def mark_error(user: User, outcome: OutcomeMeasure, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A score is set aside once, with a reason."""
    yield not outcome.entered_in_error, Refusal("already_done", _("This score is set aside already."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say what was wrong with this score."))


def series_of(outcome: OutcomeMeasure) -> Key:
    """Name what may be compared with one another: one measure of one plan, place and rater."""
    return (
        outcome.patient_id,
        outcome.plan_id,
        outcome.measure,
        outcome.zone_id,
        outcome.side,
        outcome.rater,
        outcome.scale_version,
        str(outcome.items.get("site", "")),
    )


def baselines_of(outcomes: Iterable[OutcomeMeasure]) -> dict[Key, OutcomeMeasure]:
    """Find the first complete score of each series, all in one query."""
    outcomes = list(outcomes)
    patients = {each.patient_id for each in outcomes}
    rows = OutcomeMeasure.objects.standing().filter(
        patient__in=patients, measure__in={each.measure for each in outcomes}, complete=True
    )
    found: dict[Key, OutcomeMeasure] = {}
    for row in rows.order_by("rated_on", "id") if outcomes else ():
        found.setdefault(series_of(row), row)
    return found


def changes_of(
    outcomes: Iterable[OutcomeMeasure], baselines: dict[Key, OutcomeMeasure] | None = None
) -> dict[int, str]:
    """Say by how many percent each score moved against the first one; those that cannot say are left out."""
    outcomes = list(outcomes)
    baselines = baselines_of(outcomes) if baselines is None else baselines
    changes = {each.pk: percent_between(baselines.get(series_of(each)), each) for each in outcomes}
    return {pk: percent for pk, percent in changes.items() if percent}


def percent_between(first: OutcomeMeasure | None, outcome: OutcomeMeasure) -> str:
    """Say by how many percent a score moved against an earlier one of its series; empty where that means nothing."""
    if first is None or first.pk == outcome.pk or not outcome.complete:
        return ""
    if scores.MEASURES[outcome.measure].better == scores.Better.STAGE:
        return ""
    before, after = (scores.score(each.measure, each.items).value for each in (first, outcome))
    return scores.shown_percent(scores.change_percent(before, after))


def remarks_on(first: OutcomeMeasure | None, outcome: OutcomeMeasure) -> list[str]:
    """Say what a change against the first score means, and what speaks against reading it as an effect."""
    if first is None or first.pk == outcome.pk or not (first.complete and outcome.complete):
        return []
    before, after = (scores.score(each.measure, each.items).value for each in (first, outcome))
    if before is None or after is None:
        return []
    if outcome.measure == Measure.CIRCUMFERENCE:
        return _remarks_on_girth(first, outcome, before, after)
    if outcome.measure in (Measure.VAS, Measure.NRS):
        yes = scores.pain_responder(before, after)
        return [
            _("Response: at least 2 points and 30 % less.") if yes else _("No response: less than 2 points or 30 %.")
        ]
    if outcome.measure == Measure.DLQI:
        yes = scores.dlqi_changed(before, after)
        return [_("A change of 4 points or more matters.") if yes else _("A change of less than 4 points.")]
    return []


def _remarks_on_girth(first: OutcomeMeasure, outcome: OutcomeMeasure, before: Any, after: Any) -> list[str]:
    weights = [Fraction(parse_decimal(str(each.items["weight_kg"]))) for each in (first, outcome)]
    shown = {"before": plain(half_up(weights[0], 2)), "after": plain(half_up(weights[1], 2))}
    remarks = [_("Weight %(before)s → %(after)s kg.") % shown]
    if scores.girth_may_reflect_weight(before, after, *weights):
        lost = weights[1] < weights[0]
        remarks.append(
            _("Girth change may reflect weight loss.") if lost else _("Girth change may reflect weight gain.")
        )
    return remarks
