"""Zones as they were injected, and the exact dose of every substance that each one received."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.decimals import half_up
from common.refused import Refused
from formulations.models import Preparation
from formulations.rules.preparations import Decision
from treatments.actions import findings, sessions
from treatments.models import (
    ComponentUse,
    FindingStage,
    SessionState,
    Side,
    Technique,
    TreatmentSession,
    Zone,
    ZoneApplication,
)
from treatments.rules import gates, zones
from treatments.rules import sessions as rules

DOSE_PLACES, ML_PLACES = 4, 3
BILATERAL = "bilateral"


@audited("session.zone_recorded")
def add_zone(
    session: TreatmentSession,
    *,
    zone: Zone,
    side: str,
    technique: str,
    depth_mm: Decimal,
    points: int | None = None,
    ml_per_point: Decimal | None = None,
    volume_ml: Decimal | None = None,
    preparation: Preparation | None = None,
    overrides: Iterable[Any] = (),
    revision: int | None = None,
    by: User,
    at: datetime,
    **more: Any,
) -> list[ZoneApplication]:
    """Record what went into one zone; both sides are two rows, so that each can have its own reaction and score."""
    session = sessions.locked(session)
    rules.write_session.check(by, session, revision=revision, at=at)
    rules.record_injection.check(by, session)
    preparation = preparation or _only_mix(session, technique)
    sides = (Side.LEFT, Side.RIGHT) if side == BILATERAL else (side,)
    injected = _volume(technique, points=points, ml_per_point=ml_per_point, volume_ml=volume_ml)
    _check(session, zone, sides, technique, depth_mm, points, injected, preparation, overrides, by=by, at=at, **more)
    last = session.zone_applications.aggregate(last=Max("ordinal"))["last"] or 0
    rows = [
        ZoneApplication.objects.create(
            clinic=session.clinic,
            session=session,
            ordinal=last + place,
            zone=zone,
            side=each,
            technique=technique,
            depth_mm=depth_mm,
            points=points,
            ml_per_point=ml_per_point,
            volume_ml=injected,
            preparation=preparation,
            recorded_at=at,
            recorded_by=by,
            **more,
        )
        for place, each in enumerate(sides, start=1)
    ]
    for row in rows:
        _spread(row)
    session.revision += 1
    session.save(update_fields=["revision"])
    return rows


@audited("session.zone_removed")
def remove_zone(row: ZoneApplication, *, by: User, at: datetime) -> TreatmentSession:
    """Take a zone out that was recorded by mistake, while the session is open."""
    session = sessions.locked(row.session)
    rules.write_session.check(by, session, at=at)
    if session.state != SessionState.OPEN:
        raise Refused("wrong_state", _("This session has ended. Write an addendum."))
    row.component_uses.all().delete()
    row.delete()
    session.revision += 1
    session.save(update_fields=["revision"])
    return session


def _only_mix(session: TreatmentSession, technique: str) -> Preparation | None:
    if technique == Technique.DRY:
        return None
    mixes = [joined.preparation for joined in session.session_preparations.select_related("preparation")]
    mixes = [each for each in mixes if each.state in ("drawn", "checked")]
    if not mixes:
        raise Refused("wrong_state", _("Prepare the mix first."), url=rules.page_of(session) + "#preparation")
    if len(mixes) > 1:
        raise Refused("invalid", _("There are several mixes: say which one went into this zone."))
    return mixes[0]


def _volume(technique: str, *, points: int | None, ml_per_point: Decimal | None, volume_ml: Decimal | None) -> Decimal:
    """Points times millilitres per point, or the volume itself where nobody counts points."""
    if technique == Technique.DRY:
        return Decimal(0)
    if points and ml_per_point:
        return half_up(Fraction(ml_per_point) * points, ML_PLACES)
    if volume_ml:
        return volume_ml
    raise Refused("invalid", _("Give the number of points and the millilitres per point, or the volume."))


def _check(
    session: TreatmentSession,
    zone: Zone,
    sides: Iterable[str],
    technique: str,
    depth_mm: Decimal,
    points: int | None,
    injected: Decimal,
    preparation: Preparation | None,
    overrides: Iterable[Any],
    *,
    by: User,
    at: datetime,
    **more: Any,
) -> None:
    """Refuse a side that the zone does not have, a forbidden place, more than was drawn; ask about a strange depth."""
    sides = list(sides)
    known = list(zone.sides)
    wrong = [each for each in sides if each not in known]
    if wrong:
        values = {"zone": zone.name, "sides": ", ".join(known)}
        raise Refused("invalid", _("%(zone)s has these sides: %(sides)s.") % values)
    if preparation is not None:
        if preparation.pk not in {each.pk for each in gates.on_the_tray(session)}:
            raise Refused("wrong_state", _("This mix is not on the tray of this session."))
        left = preparation.total_ml - session.injected_ml_of(preparation)
        if injected * len(sides) > left:
            raise Refused(
                "lot_insufficient",
                _("The mix has %(left)s mL left, and this needs %(needed)s mL.")
                % {"left": left.normalize(), "needed": (injected * len(sides)).normalize()},
            )
    found = zones.findings(
        session,
        zone=zone,
        depth_mm=depth_mm,
        points=points,
        area_cm2=more.get("area_cm2"),
        preparation=preparation,
        at=at,
    )
    decisions = [*(Decision.of(each) for each in overrides), *gates.said_before(session)]
    refusals = gates.against(session, rules.membership(by, session.clinic_id), found, decisions)
    if refusals:
        raise Refused.of(refusals)
    findings.record(session, found, stage=FindingStage.TIME_OUT, overrides=decisions, adding=True, by=by, at=at)


def _spread(row: ZoneApplication) -> None:
    """Share a zone's volume over the components of its mix: exact fractions, rounded once at the end."""
    mix = row.preparation
    if mix is None:
        return
    share = Fraction(row.volume_ml) / Fraction(mix.total_ml)
    components = mix.components.select_related("movement").prefetch_related("substances")
    ComponentUse.objects.bulk_create(
        ComponentUse(
            clinic_id=row.clinic_id,
            zone_application=row,
            component=component,
            movement=component.movement,
            ingredient_id=substance.ingredient_id,
            volume_ml=half_up(Fraction(component.volume_ml) * share, ML_PLACES),
            dose=None if substance.amount is None else half_up(Fraction(substance.amount) * share, DOSE_PLACES),
            unit=substance.unit,
        )
        for component in components
        for substance in component.substances.all()
    )
