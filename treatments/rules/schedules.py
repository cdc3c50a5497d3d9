"""What a protocol means for one plan: how many sessions, how far apart, with which substances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Location
from common.refused import Refused
from formulations.models import FormulationVersion, Ingredient
from scheduling.availability import open_days
from scheduling.models import AppointmentKind, CourseVisit
from scheduling.rules import windows
from treatments import dates
from treatments.models import Protocol


def session_count(protocol: Protocol, sessions: int | None) -> int:
    """Take the number of sessions asked for, or the protocol's usual one, inside its limits."""
    wanted = protocol.default_sessions if sessions is None else sessions
    try:
        return dates.check_session_count(wanted, min_sessions=protocol.min_sessions, max_sessions=protocol.max_sessions)
    except dates.InvalidSchedule as error:
        raise Refused("session_count_out_of_range", str(error)) from error


def substances_of(
    protocol: Protocol,
    *,
    version: FormulationVersion | None = None,
    ingredients: Sequence[Ingredient] | None = None,
) -> list[Ingredient]:
    """List what a plan will inject: what was named, else the recipe's, else the protocol's typical ones."""
    if ingredients:
        return list(dict.fromkeys(ingredients))
    slugs = _slugs_of(version) if version is not None else list(protocol.typical_ingredients)
    known = {row.slug: row for row in protocol.clinic.ingredients.current().filter(slug__in=slugs)}
    return [known[slug] for slug in dict.fromkeys(slugs) if slug in known]


def _slugs_of(version: FormulationVersion) -> list[str]:
    """The substances of a recipe, those that come inside a product too."""
    slugs = []
    parts = version.components.select_related("ingredient", "product").order_by("ordinal")
    for part in parts.prefetch_related("product__contents__ingredient"):
        if part.ingredient:
            slugs.append(part.ingredient.slug)
        if part.product:
            slugs += [content.ingredient.slug for content in part.product.contents.all()]
    return slugs


def usual_kind(clinic: Any) -> AppointmentKind:
    """Find the sort of visit that the sessions of a plan are booked as."""
    kind = clinic.appointment_kinds.active().filter(needs_course=True).order_by("position", "pk").first()
    if kind is None:
        raise Refused(
            "wrong_state",
            _("The calendar has no kind of visit for treatment sessions yet. Add one in the set-up."),
            url=reverse("scheduling:calendar_show"),
        )
    return kind


@dataclass(frozen=True)
class Interval:
    """How many days after the session before it one session belongs, and whether a label binds that."""

    ordinal: int
    phase: int
    min_days: int
    max_days: int
    label_bound: bool


def intervals_of(protocol: Protocol, count: int) -> list[Interval]:
    """Give every session its interval; a label's minimum is never undercut."""
    phases, hard = dates.parse_phases(protocol.phases), protocol.hard_min_days or 0
    found = []
    for ordinal in range(1, count + 1):
        phase = dates.interval(phases, ordinal)
        number = dates.phase_number(phases, ordinal)
        found.append(Interval(ordinal, number, max(phase.min_days, hard), phase.max_days, bool(hard)))
    return found


def usual_place(clinic: Any) -> Location:
    """Give the place at which a plan runs unless somebody says otherwise."""
    return clinic.locations.filter(is_active=True).order_by("pk")[0]


def outlook(protocol: Protocol, *, start_on: date, sessions: int | None, location: Location) -> list[dict[str, Any]]:
    """Say where each session would lie if the plan began on this day, with the arithmetic that booking uses."""
    count = session_count(protocol, sessions)
    is_open = open_days(location, since=start_on)
    dates.check_start(start_on, is_open)
    intervals = {each.ordinal: each for each in intervals_of(protocol, count)}
    visits = [
        CourseVisit(ordinal=each.ordinal, min_days=each.min_days, max_days=each.max_days, label_bound=each.label_bound)
        for each in intervals.values()
    ]
    places = windows.in_sequence(visits, start_on=start_on, zone=location.time_zone, is_open=is_open)
    return [
        {"ordinal": ordinal, "phase": intervals[ordinal].phase, "window": window} for ordinal, window in places.items()
    ]
