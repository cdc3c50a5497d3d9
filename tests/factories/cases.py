"""A clinic at the original dates of a case, and the case walked through in it, once for all tests of a module."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import time_machine
from django.db import transaction

from clinic.demo import house, story
from clinic.demo.cases import Case
from common.dates import resolve_local
from treatments.models import TreatmentPlan, TreatmentSession
from treatments.rules.courses import Line, lines_of


def stage(case: type[Case]) -> Case:
    """Open the clinic two weeks before a case began, with its staff and its lots."""
    first = story.opened_for(case)
    opened_at = resolve_local(datetime.combine(first, time(8)), house.ZONE)
    clinic, made = house.build(today=first, opened_at=opened_at)
    return case(clinic, made["staff"], made["lots"], weeks=0)


@contextmanager
def staged(case: type[Case], blocker: Any, *, on: date) -> Iterator[Case]:
    """Keep a staged case for all tests of a module, with the clock standing on the evening of a day."""
    evening = resolve_local(datetime.combine(on, time(21)), house.ZONE)
    with blocker.unblock(), time_machine.travel(evening, tick=False), transaction.atomic():
        yield stage(case)
        transaction.set_rollback(True)


def days(texts: str) -> list[date]:
    """Read days as the reference writes them."""
    return [date.fromisoformat(text.strip()) for text in texts.split(",")]


def lines(plan: TreatmentPlan) -> list[Line]:
    """The sessions of a plan as they stand now."""
    return lines_of(TreatmentPlan.objects.with_chart().get(pk=plan.pk))


def targets(plan: TreatmentPlan) -> list[date]:
    """The day of each session: when it was given, else when it is due."""
    return [line.visit.done_on or line.window.target_on for line in lines(plan)]


def doses(session: TreatmentSession) -> dict[str, Any]:
    """What was delivered of each substance in all zones of a session."""
    found: dict[str, Any] = {}
    for use in session.clinic.component_uses.filter(zone_application__session=session).select_related("ingredient"):
        found[use.ingredient.slug] = found.get(use.ingredient.slug, 0) + use.dose
    return found


def mix_of(session: TreatmentSession) -> Any:
    """The one mix of a session."""
    return session.session_preparations.get().preparation


def score(plan: TreatmentPlan, measure: str, **which: Any) -> list[str]:
    """The scores of a measure in the order in which they were taken."""
    rows = plan.outcomes.of(measure).filter(**which).order_by("rated_on", "pk")
    return [f"{row.score.normalize():f}" for row in rows]
