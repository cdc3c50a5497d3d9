"""Lots and their ledger: every change of stock is a row, and rows are only added."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Location, User
from audit.actions import audited
from common.refused import Refused
from formulations.models import (
    OUTGOING,
    Lot,
    LotState,
    LotStateChange,
    MovementKind,
    Product,
    StockMovement,
    StockUnit,
)
from formulations.rules import stock


@audited("lot.received")
def receive(
    product: Product,
    *,
    number: str,
    expires_on: date,
    quantity: Decimal | None = None,
    packs: int | None = None,
    unit: str = StockUnit.ML,
    location: Location,
    allergens: Iterable[str] = (),
    udi: str = "",
    supplier: str = "",
    by: User,
    at: datetime,
) -> Lot:
    """Take delivery of a lot; a second delivery of the same number at the same place adds to it."""
    quantity = product.volume_ml * packs if quantity is None and packs else quantity
    if not quantity or quantity <= 0:
        raise Refused("invalid", _("Say how much was delivered: packs, or a quantity above zero."))
    lot, is_new = Lot.objects.get_or_create(
        clinic=product.clinic,
        product=product,
        number=number.strip(),
        location=location,
        defaults={
            "expires_on": expires_on,
            "unit": unit,
            "allergens": list(allergens),
            "udi": udi,
            "supplier": supplier,
            "received_at": at,
            "received_by": by,
        },
    )
    if not is_new and (lot.expires_on, lot.unit) != (expires_on, unit):
        raise Refused(
            "wrong_state",
            _("Lot %(lot)s is in stock already with another expiry or unit: compare the labels.") % {"lot": lot.number},
        )
    _write(lot, MovementKind.RECEIPT, quantity, by=by, at=at)
    lot.refresh_from_db(fields=["balance"])
    return lot


@audited("lot.moved")
def move(lot: Lot, *, kind: str, quantity: Decimal, reason: str, by: User, at: datetime) -> StockMovement:
    """Write a change of stock by hand: what left is given as a plain figure, an adjustment with its sign."""
    lot = _locked(lot)
    signed = -abs(quantity) if kind in OUTGOING else quantity
    if not signed or (signed < 0 and kind not in (*OUTGOING, MovementKind.ADJUSTMENT)):
        raise Refused("invalid", _("The quantity must be above zero."))
    stock.move.check(by, lot, kind=kind, quantity=signed, reason=reason)
    return _write(lot, kind, signed, reason=reason, by=by, at=at)


@audited("lot.movement_reversed")
def reverse(movement: StockMovement, *, reason: str, by: User, at: datetime) -> StockMovement:
    """Undo a movement that was written by mistake, with a row that says so."""
    lot = _locked(movement.lot)
    movement = StockMovement.objects.select_related("reversed_by").get(pk=movement.pk)
    movement.lot = lot
    stock.reverse.check(by, movement, reason=reason)
    return StockMovement.objects.create(
        clinic_id=lot.clinic_id,
        lot=lot,
        pack_id=movement.pack_id,
        kind=MovementKind.REVERSAL,
        quantity=-movement.quantity,
        reason=reason,
        reversal_of=movement,
        at=at,
        by=by,
    )


@audited("lot.quarantined")
def quarantine(lot: Lot, *, reason: str, by: User, at: datetime) -> Lot:
    """Set a lot aside: from this moment nothing can be drawn from it."""
    return _turn(lot, LotState.QUARANTINED, reason, by, at)


@audited("lot.released")
def release(lot: Lot, *, reason: str, by: User, at: datetime) -> Lot:
    """Give a lot free again that was set aside."""
    return _turn(lot, LotState.ACTIVE, reason, by, at)


@audited("lot.recalled")
def recall(lot: Lot, *, reason: str, by: User, at: datetime) -> Lot:
    """Take a lot out of use for good."""
    return _turn(lot, LotState.RECALLED, reason, by, at)


def _turn(lot: Lot, state: str, reason: str, by: User, at: datetime) -> Lot:
    lot = _locked(lot)
    stock.change_state.check(by, lot, state=state, reason=reason)
    lot.state = state
    lot.save(update_fields=["state"])
    LotStateChange.objects.create(clinic_id=lot.clinic_id, lot=lot, state=state, reason=reason, at=at, by=by)
    return lot


def _locked(lot: Lot) -> Lot:
    return Lot.objects.select_for_update(of=("self",)).select_related("product", "location").get(pk=lot.pk)


def _write(lot: Lot, kind: str, quantity: Decimal, *, reason: str = "", by: User, at: datetime) -> StockMovement:
    return StockMovement.objects.create(
        clinic_id=lot.clinic_id, lot=lot, kind=kind, quantity=quantity, reason=reason, at=at, by=by
    )
