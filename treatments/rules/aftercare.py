"""What the sheet for the days after a session says: where, what, which lots, which advice, when next."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import local_day
from common.decimals import half_up, plain
from formulations.models import PreparationComponent
from scheduling.models import LIVE
from scheduling.rules import windows
from treatments.models import PlannedSession, Side, TreatmentSession, ZoneApplication
from treatments.rules.emergencies import emergency_number
from treatments.rules.spoken import spoken_of

KEYS = ("session", "practitioner", "zones", "products", "advice_for", "next_visit", "emergency_phone")
PIGMENT = frozenset(["melasma", "hyperpigmentation", "photodamage", "dark-circles"])
EYES = frozenset(["periorbital", "infraorbital"])
BODY_REGIONS = frozenset(["trunk", "limb"])
LIPOLYTIC = "lipolytic"


def payload_of(session: TreatmentSession, rows: Iterable[ZoneApplication], *, at: datetime) -> dict[str, Any]:
    """Gather everything on the sheet as plain text, in the language that is spoken now."""
    rows = list(rows)
    components = list(_components(rows))
    plan = session.plan
    return {
        "session": {
            "ordinal": session.planned_session.ordinal,
            "total": plan.planned_sessions.count(),
            "on": local_day(session.injection_ended_at or session.started_at, session.location.time_zone).isoformat(),
        },
        "practitioner": {"name": str(session.practitioner)},
        "zones": list(dict.fromkeys(_place(row) for row in rows)),
        "products": products(rows, components),
        "advice_for": advice_for(session, rows, components),
        "next_visit": next_visit(session, at=at),
        "emergency_phone": emergency_number(session.clinic),
    }


def _place(row: ZoneApplication) -> str:
    name = spoken_of("zone", row.zone.slug, row.zone.name)
    if row.side in (Side.LEFT, Side.RIGHT):
        return f"{name} ({row.get_side_display().lower()})"
    return name


def _components(rows: list[ZoneApplication]) -> Iterable[PreparationComponent]:
    mixes = {row.preparation_id for row in rows if row.preparation_id}
    found = PreparationComponent.objects.filter(preparation__in=mixes)
    return (
        found.select_related("preparation", "pack__lot__product")
        .prefetch_related("substances__ingredient")
        .order_by("preparation", "ordinal")
    )


def products(rows: list[ZoneApplication], components: list[PreparationComponent]) -> list[dict[str, str]]:
    """List each lot once, with the millilitres of it that were injected."""
    injected: dict[int | None, Fraction] = {}
    for row in rows:
        injected[row.preparation_id] = injected.get(row.preparation_id, Fraction(0)) + Fraction(row.volume_ml)
    given: dict[Any, Fraction] = {}
    for component in components:
        mix = component.preparation
        share = Fraction(component.volume_ml) / Fraction(mix.total_ml) * injected[mix.pk]
        given[component.pack.lot] = given.get(component.pack.lot, Fraction(0)) + share
    return [
        {"name": lot.product.name, "lot": lot.number, "ml": plain(half_up(volume, 3))} for lot, volume in given.items()
    ]


def advice_for(
    session: TreatmentSession, rows: list[ZoneApplication], components: list[PreparationComponent]
) -> list[str]:
    """Choose the paragraphs of advice by what was treated, where, and with what."""
    protocol = session.plan.protocol
    zones, regions = {row.zone.slug for row in rows}, {row.zone.region for row in rows}
    classes = {each.ingredient.substance_class for component in components for each in component.substances.all()}
    chosen = {
        "face": "face" in regions,
        "pigment": protocol.indication in PIGMENT,
        "scalp": "scalp" in regions,
        "eyes": bool(zones & EYES),
        "body": bool(regions & BODY_REGIONS) and protocol.domain == "aesthetic",
        "lipolysis": LIPOLYTIC in classes,
        "pain": protocol.domain == "pain",
        "hands": "hand-dorsum" in zones or "neck" in regions,
    }
    return [name for name, wanted in chosen.items() if wanted]


def next_visit(session: TreatmentSession, *, at: datetime) -> Any:
    """Say when the patient comes again: the booked visit, else the days between which it belongs."""
    later = (
        session.plan.planned_sessions.open().filter(ordinal__gt=session.planned_session.ordinal).with_visit().in_order()
    )
    planned: PlannedSession | None = later.first()
    if planned is None:
        return ""
    booked = planned.visit.appointment
    if booked is not None and booked.status in LIVE and booked.starts_at > at:
        return {"at": booked.starts_at.isoformat()}
    window = windows.of_course(session.plan.course).get(planned.visit.ordinal)
    if window is None:
        return ""
    days = {"first": date_format(window.earliest_on, "j F Y"), "last": date_format(window.latest_on, "j F Y")}
    return _("between %(first)s and %(last)s") % days
