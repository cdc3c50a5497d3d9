"""From which lots and packs may be taken: the refusals of stock, said once for pages, API and actions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.dates import local_day
from common.decimals import plain
from common.refused import Refusal
from common.rules import rule
from formulations.models import LOT_TRANSITIONS, Lot, LotState, MovementKind, Pack, PackDose, PackState, StockUnit

BY_HAND = (
    MovementKind.RECEIPT,
    MovementKind.RETURN,
    MovementKind.WASTAGE,
    MovementKind.ADJUSTMENT,
    MovementKind.TRANSFER_OUT,
    MovementKind.TRANSFER_IN,
    MovementKind.DESTRUCTION,
)


@dataclass(frozen=True)
class Account:
    """What became of a lot: received = used + discarded + quarantined + left, with what was adjusted and sent away."""

    received: Decimal
    used: Decimal
    discarded: Decimal
    adjusted: Decimal
    sent: Decimal
    quarantined: Decimal
    left: Decimal


def account(lot: Lot) -> Account:
    """Sum up a lot's ledger."""
    sums = lot.movements.by_kind()

    def total(*kinds: str) -> Decimal:
        return sum((sums.get(kind, Decimal(0)) for kind in kinds), Decimal(0))

    is_free = lot.state == LotState.ACTIVE
    return Account(
        received=total(MovementKind.RECEIPT, MovementKind.TRANSFER_IN),
        used=-total(MovementKind.DRAW, MovementKind.RETURN),
        discarded=-total(MovementKind.WASTAGE, MovementKind.DESTRUCTION),
        adjusted=total(MovementKind.ADJUSTMENT),
        sent=-total(MovementKind.TRANSFER_OUT),
        quarantined=Decimal(0) if is_free else lot.balance,
        left=lot.balance if is_free else Decimal(0),
    )


@dataclass(frozen=True)
class Wish:
    """So many mL from a lot, or from one pack that is open already."""

    volume_ml: Decimal
    lot: Lot
    pack: Pack | None = None


def lot_reasons(lot: Lot, on: date) -> Iterator[Refusal]:
    """Why nothing may be drawn from a lot on a day, whatever is left of it."""
    if lot.state == LotState.RECALLED:
        yield Refusal("lot_recalled", _("Lot %(lot)s is recalled.") % {"lot": lot.number})
    elif lot.state == LotState.QUARANTINED:
        yield Refusal("lot_quarantined", _("Lot %(lot)s is in quarantine.") % {"lot": lot.number})
    if lot.expires_on < on:
        yield Refusal(
            "lot_expired",
            _("Lot %(lot)s expired on %(day)s.") % {"lot": lot.number, "day": lot.expires_on.isoformat()},
        )


def pack_reasons(pack: Pack, patient: Any, at: datetime) -> Iterator[Refusal]:
    """Why an open pack does not serve a patient now."""
    lot = pack.lot.number
    if patient is not None and pack.patient_id not in (None, patient.pk):
        yield Refusal("container_shared", _("This pack of lot %(lot)s was opened for another patient.") % {"lot": lot})
    if pack.state == PackState.DISCARDED or pack.discard_at <= at:
        yield Refusal("container_expired", _("This pack of lot %(lot)s is past its time.") % {"lot": lot})


def insufficient(lot: Lot, wanted: Decimal, left: Decimal) -> Refusal:
    """There is not enough."""
    return Refusal(
        "lot_insufficient",
        _("Lot %(lot)s has %(left)s %(unit)s left, and %(wanted)s are wanted.")
        % {"lot": lot.number, "left": plain(max(left, Decimal(0))), "wanted": plain(wanted), "unit": lot.unit},
    )


def wish_reasons(wishes: Iterable[Wish], patient: Any, at: datetime) -> list[Refusal]:
    """Everything about lots and packs that speaks against drawing, each fact once; asked under the lots' locks."""
    found: dict[Refusal, None] = {}
    for wish in wishes:
        day = local_day(at, wish.lot.location.time_zone)
        reasons = [*lot_reasons(wish.lot, day)]
        if wish.pack is not None:
            reasons += pack_reasons(wish.pack, patient, at)
        if wish.lot.unit != StockUnit.ML:
            reasons.append(Refusal("wrong_state", _("Lot %(lot)s is not counted in mL.") % {"lot": wish.lot.number}))
        found.update(dict.fromkeys(reasons))
    return list(found)


@rule
def open_pack(user: Any, lot: Lot, *, patient: Any, unopened: Decimal, at: datetime) -> Iterator[tuple[bool, Refusal]]:
    """A pack is opened from a lot that may be drawn from, and a single dose only for somebody."""
    for refusal in wish_reasons([Wish(Decimal(0), lot)], patient, at):
        yield False, refusal
    yield (
        patient is not None or lot.product.dose == PackDose.MULTI,
        Refusal("reason_needed", _("A single-dose pack is opened for one patient: say for whom.")),
    )
    yield unopened > 0, insufficient(lot, lot.product.volume_ml, unopened)


@rule
def move(user: Any, lot: Lot, *, kind: str, quantity: Decimal, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """What may be written into a lot's ledger by hand: never a draw, never below zero, and with a reason."""
    yield kind in BY_HAND, Refusal("wrong_state", _("Draws come from preparations, reversals from the row they undo."))
    yield bool(reason.strip()) or kind == MovementKind.RECEIPT, Refusal("reason_needed", _("Say why."))
    yield lot.balance + quantity >= 0, insufficient(lot, -quantity, lot.balance)


@rule
def change_state(user: Any, lot: Lot, *, state: str, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A lot is set aside, recalled or given free again, with a reason; a recall is for good."""
    yield (
        state in LOT_TRANSITIONS[lot.state],
        Refusal(
            "already_done" if state == lot.state else "wrong_state",
            _("Lot %(lot)s is %(state)s already.") % {"lot": lot.number, "state": lot.get_state_display().lower()},
        ),
    )
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why: the reason is kept with the lot."))


@rule
def reverse(user: Any, movement: Any, *, reason: str) -> Iterator[tuple[bool, Refusal]]:
    """A movement is undone once, by a row of its own; what was drawn into a mix stays drawn."""
    yield (
        movement.kind not in (MovementKind.REVERSAL, MovementKind.DRAW),
        Refusal("wrong_state", _("This movement cannot be undone.")),
    )
    yield not hasattr(movement, "reversed_by"), Refusal("already_done", _("This movement was undone before."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why."))
    yield (
        movement.lot.balance - movement.quantity >= 0,
        insufficient(movement.lot, movement.quantity, movement.lot.balance),
    )
