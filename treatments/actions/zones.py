"""Zones as they were injected, and the exact dose of every substance that each one received."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.decimals import half_up
from common.refused import Refused
from formulations.checks.findings import Finding
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


class Table:
    """The zones of an open, locked session while they are written: tray, words and volumes are read once."""

    def __init__(self, session: TreatmentSession, *, overrides: Iterable[Any], by: User, at: datetime) -> None:
        self.session, self.by, self.at = session, by, at
        self.places = zones.Places(session, at=at)
        self.tray = {mix.pk: mix for mix in gates.on_the_tray(session)}
        self.decisions = [*(Decision.of(each) for each in overrides), *gates.said_before(session)]
        self.member = rules.membership(by, session.clinic_id)
        self.found: dict[tuple[str, str], Finding] = {}
        rows = session.zone_applications.values_list("ordinal", "preparation_id", "volume_ml")
        self.last = max((ordinal for ordinal, _mix, _ml in rows), default=0)
        self.given: dict[int | None, Decimal] = {}
        for _ordinal, mix, ml in rows:
            self.given[mix] = self.given.get(mix, Decimal(0)) + ml
        self._components: dict[int, list[Any]] = {}

    def components(self, mix: Preparation) -> list[Any]:
        """What a mix was drawn from, each with its substances."""
        if mix.pk not in self._components:
            rows = mix.components.select_related("movement").prefetch_related("substances")
            self._components[mix.pk] = list(rows)
        return self._components[mix.pk]

    def only_mix(self, technique: str) -> Preparation | None:
        """The mix that a zone takes where nobody names one."""
        if technique == Technique.DRY:
            return None
        if not self.tray:
            url = rules.page_of(self.session) + "#preparation"
            raise Refused("wrong_state", _("Prepare the mix first."), url=url)
        if len(self.tray) > 1:
            raise Refused("invalid", _("There are several mixes: say which one went into this zone."))
        return next(iter(self.tray.values()))

    def close(self) -> None:
        """Keep what the check said of all zones, and let other tablets know that the session has changed."""
        stage = FindingStage.TIME_OUT
        session, words = self.session, self.decisions
        found = self.found.values()
        findings.record(session, found, stage=stage, overrides=words, adding=True, by=self.by, at=self.at)
        session.revision += 1
        session.save(update_fields=["revision"])


@audited("session.zone_recorded")
def add_zone(
    session: TreatmentSession,
    *,
    overrides: Iterable[Any] = (),
    revision: int | None = None,
    by: User,
    at: datetime,
    **row: Any,
) -> list[ZoneApplication]:
    """Record what went into one zone of an open session."""
    session = sessions.locked(session)
    rules.write_session.check(by, session, revision=revision, at=at)
    rules.record_injection.check(by, session)
    table = Table(session, overrides=overrides, by=by, at=at)
    rows = write(session, table=table, by=by, at=at, **row)
    table.close()
    return rows


@audited("session.zone_recorded")
def add_row(session: TreatmentSession, *, table: Table, by: User, at: datetime, **row: Any) -> list[ZoneApplication]:
    """Record one zone of a table that is written as a whole."""
    return write(session, table=table, by=by, at=at, **row)


def write(
    session: TreatmentSession,
    *,
    table: Table,
    zone: Zone,
    side: str,
    technique: str,
    depth_mm: Decimal,
    points: int | None = None,
    ml_per_point: Decimal | None = None,
    volume_ml: Decimal | None = None,
    preparation: Preparation | None = None,
    by: User,
    at: datetime,
    **more: Any,
) -> list[ZoneApplication]:
    """Write one zone into the table; both sides are two rows, so that each can have its own reaction and score."""
    preparation = preparation or table.only_mix(technique)
    sides = (Side.LEFT, Side.RIGHT) if side == BILATERAL else (side,)
    injected = _volume(technique, points=points, ml_per_point=ml_per_point, volume_ml=volume_ml)
    _check(table, zone, sides, depth_mm, points, injected, preparation, **more)
    rows = [
        ZoneApplication.objects.create(
            clinic=session.clinic,
            session=session,
            ordinal=table.last + place,
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
    table.last += len(rows)
    if preparation is not None:
        table.given[preparation.pk] = table.given.get(preparation.pk, Decimal(0)) + injected * len(rows)
        for row in rows:
            _spread(row, preparation, table.components(preparation))
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
    table: Table,
    zone: Zone,
    sides: Iterable[str],
    depth_mm: Decimal,
    points: int | None,
    injected: Decimal,
    preparation: Preparation | None,
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
        _check_volume(table, preparation, injected * len(sides))
    area = more.get("area_cm2")
    found = table.places.findings(zone=zone, depth_mm=depth_mm, points=points, area_cm2=area, preparation=preparation)
    refusals = gates.against(table.session, table.member, found, table.decisions)
    if refusals:
        raise Refused.of(refusals)
    for finding in found:
        table.found.setdefault((finding.code, finding.message), finding)


def _check_volume(table: Table, mix: Preparation, needed: Decimal) -> None:
    """Refuse a mix of another tray, and more of it than is left."""
    if mix.pk not in table.tray:
        raise Refused("wrong_state", _("This mix is not on the tray of this session."))
    left = mix.total_ml - table.given.get(mix.pk, Decimal(0))
    if needed > left:
        raise Refused(
            "lot_insufficient",
            _("The mix has %(left)s mL left, and this needs %(needed)s mL.")
            % {"left": left.normalize(), "needed": needed.normalize()},
        )


def _spread(row: ZoneApplication, mix: Preparation, components: Iterable[Any]) -> None:
    """Share a zone's volume over the components of its mix: exact fractions, rounded once at the end."""
    share = Fraction(row.volume_ml) / Fraction(mix.total_ml)
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
