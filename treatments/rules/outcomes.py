"""When a measure may be recorded, and how far it moved against the first of its kind."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.refused import Refusal
from common.rules import rule
from treatments import scores
from treatments.models import OutcomeMeasure

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


def changes_of(outcomes: Iterable[OutcomeMeasure]) -> dict[int, str]:
    """Say by how many percent each score moved against the first one; those that cannot say are left out."""
    outcomes = list(outcomes)
    baselines = baselines_of(outcomes)
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
