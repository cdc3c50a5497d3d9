"""Opened packs: opened for somebody, closed when empty, written off when their time or their session is over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import audited
from common.refused import Refused
from formulations.models import Lot, MovementKind, Pack, PackDose, PackState, Preparation, StockMovement
from formulations.rules import packs as rules
from formulations.rules import stock


@audited("pack.opened")
def open(lot: Lot, *, patient: Any = None, by: User, at: datetime) -> Pack:
    """Open a pack of a lot; a single dose is for one patient, and says for whom."""
    lot = Lot.objects.for_drawing([lot])[lot.pk]
    unopened = rules.unopened([lot])[lot.pk]
    stock.open_pack.check(by, lot, patient=patient, unopened=unopened, at=at)
    pack = rules.fresh(lot, min(lot.product.volume_ml, unopened), patient=patient, by=by, at=at)
    pack.save()
    return pack


@audited("pack.discarded")
def discard(pack: Pack, *, reason: str, by: User, at: datetime) -> Pack:
    """Throw away what is left of an opened pack."""
    if not reason.strip():
        raise Refused("reason_needed", _("Say why the rest is thrown away."))
    _close(Pack.objects.filter(pk=pack.pk), reason, by, at)
    pack.refresh_from_db()
    return pack


@audited("pack.session_ended")
def end_session(patient: Any, *, since: datetime, by: User, at: datetime) -> Any:
    """Write off what is left of every single-dose pack that was opened for a patient in a session: it is over."""
    rows = Pack.objects.filter(patient=patient, clinic=patient.clinic_id, dose=PackDose.SINGLE, opened_at__gte=since)
    _close(rows, "", by, at)
    return patient


@audited("pack.rests_wasted")
def waste_rests(preparation: Preparation, *, by: User, at: datetime) -> Preparation:
    """Write off what is left of the single-dose packs that a mix was drawn from."""
    rows = Pack.objects.filter(components__preparation=preparation, dose=PackDose.SINGLE)
    _close(Pack.objects.filter(pk__in=rows.values("pk")), "", by, at)
    return preparation


def _close(packs: Any, reason: str, by: User, at: datetime) -> None:
    rows = packs.filter(state=PackState.OPEN)
    Lot.objects.for_drawing(Lot.objects.filter(packs__in=rows))
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    reason = reason or _("rest of a single dose")
    StockMovement.objects.bulk_create(_wastage(pack, reason, by, at) for pack in found if pack.left > 0)
    _shut([pack for pack in found if pack.left == 0], PackState.SPENT, "", by, at)
    _shut([pack for pack in found if pack.left > 0], PackState.DISCARDED, reason, by, at)


def _wastage(pack: Pack, reason: str, by: User, at: datetime) -> StockMovement:
    return StockMovement(
        clinic_id=pack.clinic_id,
        lot_id=pack.lot_id,
        pack=pack,
        kind=MovementKind.WASTAGE,
        quantity=-pack.left,
        reason=reason,
        at=at,
        by=by,
    )


def _shut(packs: Iterable[Pack], state: str, reason: str, by: User, at: datetime) -> None:
    wanted = [pack.pk for pack in packs]
    if wanted:
        Pack.objects.filter(pk__in=wanted).update(state=state, closed_at=at, closed_by=by, close_reason=reason)
