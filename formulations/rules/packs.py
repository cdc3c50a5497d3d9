"""Opened packs: how long they keep, how much lies in them, and which of them a mix takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from common.dates import day_bounds, local_day
from formulations import mixing
from formulations.models import Lot, Pack, PackDose, PackState

SINGLE_DOSE_HOURS = mixing.IMMEDIATE_USE_HOURS
MULTI_DOSE_HOURS = mixing.MULTI_DOSE_DAYS * 24


@dataclass(frozen=True)
class Taking:
    """So many mL out of one pack, which may still have to be opened."""

    pack: Pack
    volume_ml: Decimal


def discard_at(lot: Lot, opened_at: datetime) -> datetime:
    """When an opened pack must go: what its label says, else 4 hours or 28 days, and never after the lot's expiry."""
    usual = SINGLE_DOSE_HOURS if lot.product.dose == PackDose.SINGLE else MULTI_DOSE_HOURS
    _start, end = day_bounds(lot.expires_on, lot.location.time_zone)
    return min(opened_at + timedelta(hours=lot.product.opened_hours or usual), end)


def use_before(
    drawn: Iterable[tuple[Lot, datetime]], *, standard: str, storage: str = "room", at: datetime
) -> datetime:
    """When a mix that is drawn now must be used: what its standard allows, or an earlier limit of what is in it.

    `drawn` names each lot with the moment at which its pack must go: a pack whose label says how long it keeps, or a
    lot about to expire, makes it shorter.
    """
    limits: list[datetime | None] = []
    for lot, pack_goes_at in drawn:
        limits.append(day_bounds(lot.expires_on, lot.location.time_zone)[1])
        limits.append(pack_goes_at if lot.product.opened_hours else None)
    return mixing.beyond_use_at(at, standard=standard, storage=storage, limits=limits)


def fresh(lot: Lot, volume: Decimal, *, patient: Any, by: Any, at: datetime) -> Pack:
    """A pack as it will stand once it is opened; not yet written down."""
    return Pack(
        clinic_id=lot.clinic_id,
        lot=lot,
        patient=patient,
        dose=lot.product.dose,
        volume=volume,
        left=volume,
        opened_at=at,
        opened_by=by,
        discard_at=discard_at(lot, at),
    )


def unopened(lots: Iterable[Lot]) -> dict[int, Decimal]:
    """How much of each lot still lies in packs that nobody has opened."""
    lots = list(lots)
    rows = Pack.objects.filter(lot__in=lots, state=PackState.OPEN).values_list("lot").annotate(Sum("left"))
    opened = dict(rows)
    return {lot.pk: lot.balance - opened.get(lot.pk, Decimal(0)) for lot in lots}


def own(lots: Iterable[Lot], patient: Any, at: datetime) -> dict[int, list[Pack]]:
    """The packs that stand open for a patient and may still be used, by lot, those to be discarded first in front."""
    found: dict[int, list[Pack]] = {}
    rows = Pack.objects.open().filter(lot__in=list(lots), patient=patient, discard_at__gt=at)
    for pack in rows.order_by("discard_at", "pk"):
        found.setdefault(pack.lot_id, []).append(pack)
    return found


def take(
    volume_ml: Decimal, lot: Lot, *, opened: list[Pack], unopened_ml: Decimal, patient: Any, by: Any, at: datetime
) -> list[Taking]:
    """Take a volume from a lot: the patient's own open packs first, then as many new ones as it needs.

    What is left of a lot that is less than a whole pack is taken by volume. Answers less than asked for where the
    lot does not hold it.
    """
    taken: list[Taking] = []
    for pack in opened:
        part = min(pack.left, volume_ml)
        if part > 0:
            pack.left -= part
            volume_ml -= part
            taken.append(Taking(pack, part))
    size = lot.product.volume_ml
    while volume_ml > 0 and unopened_ml > 0:
        held = size if unopened_ml >= size else min(unopened_ml, volume_ml)
        pack = fresh(lot, held, patient=patient, by=by, at=at)
        part = min(held, volume_ml)
        pack.left -= part
        volume_ml -= part
        unopened_ml -= held
        taken.append(Taking(pack, part))
    return taken


def sources(clinic: Any, patient: Any, at: datetime) -> tuple[list[Lot], list[Pack]]:
    """What a mix for a patient may be drawn from now: lots, first expired first, and the patient's own open packs."""
    day = local_day(at, clinic.time_zone)
    lots = clinic.lots.with_product().drawable(day).first_expired_first()
    opened = clinic.packs.with_lot().drawable_for(patient, at).filter(lot__state="active", lot__expires_on__gte=day)
    return list(lots), list(opened.order_by("discard_at", "pk"))
