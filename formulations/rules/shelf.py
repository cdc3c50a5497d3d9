"""Finding a lot on the shelf by what a scanner or a person typed, and saying why it cannot be taken."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.dates import local_day
from common.refused import Refusal, Refused
from formulations.models import Lot, LotState, Pack
from formulations.rules import gs1


def scanned(clinic: Any, text: str, *, patient: Any, location: Any, at: datetime) -> Lot | Pack:
    """The open pack of this patient, else the lot, that a code names; refused where it is not to be used."""
    scan = gs1.read(text)
    if not scan.lot:
        raise Refused("invalid", _("Scan or type a lot number."))
    rows = clinic.lots.with_product().filter(number__iexact=scan.lot, location=location).first_expired_first()
    found = list(rows.filter(udi__contains=scan.gtin) if scan.gtin and rows.filter(udi__contains=scan.gtin) else rows)
    if not found:
        raise Refused("lot_unknown", _("There is no lot %(number)s at this place.") % {"number": scan.lot})
    if len(found) > 1:
        names = ", ".join(lot.product.name for lot in found)
        raise Refused(
            "lot_unknown", _("Lot %(number)s is of several products: %(names)s. Choose it from the list.")
            % {"number": scan.lot, "names": names},
        )  # fmt: skip
    lot = found[0]
    if reasons := against(lot, scan, at):
        raise Refused.of(reasons)
    packs = clinic.packs.drawable_for(patient, at).with_lot().filter(lot=lot)
    return packs.order_by("discard_at", "pk").first() or lot


def against(lot: Lot, scan: gs1.Scan, at: datetime) -> list[Refusal]:
    """Everything that speaks against a lot that somebody holds in the hand."""
    today = local_day(at, lot.location.time_zone)
    values = {"number": lot.number, "product": lot.product.name, "day": date_format(lot.expires_on, "j M Y")}
    found = []
    if lot.state == LotState.RECALLED:
        found.append(Refusal("lot_recalled", _("Lot %(number)s of %(product)s is recalled.") % values))
    if lot.state == LotState.QUARANTINED:
        found.append(Refusal("lot_quarantined", _("Lot %(number)s of %(product)s is in quarantine.") % values))
    if lot.expires_on < today:
        found.append(Refusal("lot_expired", _("Lot %(number)s of %(product)s expired on %(day)s.") % values))
    if lot.balance <= 0:
        found.append(Refusal("lot_insufficient", _("Nothing is left of lot %(number)s of %(product)s.") % values))
    if scan.expires_on and scan.expires_on != lot.expires_on:
        values["printed"] = date_format(scan.expires_on, "j M Y")
        sentence = _("The code of lot %(number)s says it expires on %(printed)s, the stock says %(day)s: look again.")
        found.append(Refusal("lot_unknown", sentence % values))
    return found
