"""Mixes: drawn from packs in one transaction, accounted for at the end, or thrown away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Location, Membership, Practitioner, User
from audit.actions import audited, note_fields
from common.decimals import half_up
from common.refused import Refused
from formulations import mixing
from formulations.actions import packs
from formulations.checks.findings import Finding
from formulations.models import (
    FormulationVersion,
    Lot,
    MovementKind,
    Pack,
    PackState,
    Preparation,
    PreparationComponent,
    PreparationFinding,
    PreparationState,
    PreparationSubstance,
    StockMovement,
)
from formulations.rules import packs as opened
from formulations.rules import preparations as rules
from formulations.rules import stock

AMOUNT_PLACES = 4


@dataclass(frozen=True)
class Hand:
    """Who draws, for whom, when, and under whose licence and roof."""

    patient: Any
    membership: Membership
    by: User
    at: datetime


@audited("preparation.drawn")
def prepare(
    patient: Any,
    *,
    components: Iterable[dict[str, Any]],
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    formulation_version: FormulationVersion | None = None,
    planned_ml: Decimal | None = None,
    findings: Iterable[Finding] = (),
    overrides: Iterable[Any] = (),
    standard: str = "immediate",
    storage: str = "room",
    by: User,
    at: datetime,
) -> Preparation:
    """Draw a mix for one patient: packs are opened as the volumes need, and each gives its movement to the ledger.

    Components name a `lot` or an open `pack`, and `volume_ml`. All or nothing: whatever speaks against it is said at
    once, and then nothing is drawn.
    """
    hand = Hand(patient, _membership(patient, by), by, at)
    wishes = _wishes(components)
    takings, against = _take(wishes, hand)
    findings = list(findings)
    reasons = rules.drawable_with(hand.membership, findings, overrides, against)
    if reasons:
        raise Refused.of(reasons)
    preparation = Preparation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        practitioner=practitioner or _practitioner(hand.membership),
        location=location or wishes[0].lot.location,
        version=formulation_version,
        total_ml=sum((wish.volume_ml for wish in wishes), Decimal(0)),
        planned_ml=planned_ml,
        prepared_at=at,
        prepared_by=by,
        beyond_use_at=opened.use_before(
            [(taking.pack.lot, taking.pack.discard_at) for taking in takings], standard=standard, storage=storage, at=at
        ),
    )
    _draw(preparation, takings, hand)
    _record(preparation, findings, [rules.Decision.of(each) for each in overrides], hand)
    return preparation


@audited("preparation.checked")
def confirm(preparation: Preparation, *, by: User, at: datetime) -> Preparation:
    """Have a second person look at the mix before it is used."""
    preparation = _locked(preparation)
    rules.confirm.check(by, preparation)
    preparation.state, preparation.checked_at, preparation.checked_by = PreparationState.CHECKED, at, by
    preparation.save(update_fields=["state", "checked_at", "checked_by"])
    return preparation


@audited("preparation.reconciled")
def reconcile(
    preparation: Preparation,
    *,
    injected_ml: Decimal,
    wasted_ml: Decimal | None = None,
    reason: str = "",
    by: User,
    at: datetime,
) -> Preparation:
    """Account for a mix: what was injected, what was wasted, and why, where more than a rest is missing."""
    preparation = _locked(preparation)
    account = mixing.reconcile(preparation.total_ml, injected_ml, wasted_ml)
    rules.reconcile.check(by, preparation, account=account, reason=reason)
    preparation.state = PreparationState.RECONCILED
    preparation.injected_ml, preparation.wasted_ml = injected_ml, preparation.total_ml - injected_ml
    preparation.difference_reason = reason
    preparation.reconciled_at, preparation.reconciled_by = at, by
    preparation.save()
    note_fields(["injected_ml", "wasted_ml"])
    packs.waste_rests(preparation, by=by, at=at)
    return preparation


@audited("preparation.discarded")
def discard(preparation: Preparation, *, reason: str, by: User, at: datetime) -> Preparation:
    """Throw a mix away: what was drawn stays drawn, and all of it is waste."""
    preparation = _locked(preparation)
    rules.discard.check(by, preparation, reason=reason)
    preparation.state = PreparationState.DISCARDED
    preparation.injected_ml, preparation.wasted_ml = Decimal(0), preparation.total_ml
    preparation.discard_reason = reason
    preparation.discarded_at, preparation.discarded_by = at, by
    preparation.save()
    packs.waste_rests(preparation, by=by, at=at)
    return preparation


def _locked(preparation: Preparation) -> Preparation:
    return Preparation.objects.select_for_update(of=("self",)).get(pk=preparation.pk)


def _membership(patient: Any, by: User) -> Membership:
    found = by.memberships.active().filter(clinic_id=patient.clinic_id).select_related("practitioner").first()
    if found is None:
        raise Refused("not_allowed", _("Only a member of the clinic draws a mix."))
    return found


def _practitioner(membership: Membership) -> Practitioner:
    practitioner = getattr(membership, "practitioner", None)
    if practitioner is None:
        raise Refused("invalid", _("Say for which practitioner the mix is drawn."))
    return practitioner


def _wishes(components: Iterable[dict[str, Any]]) -> list[stock.Wish]:
    """What is wanted, over lots that are locked in the order of their ids."""
    asked = list(components)
    if not asked or any(each["volume_ml"] <= 0 for each in asked):
        raise Refused("invalid", _("A mix has components, each with a volume above zero."))
    named = [each["pack"].lot if each.get("pack") else each["lot"] for each in asked]
    lots = Lot.objects.for_drawing(named)
    wanted = [each["pack"].pk for each in asked if each.get("pack")]
    held = {pack.pk: pack for pack in Pack.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")}
    wishes = []
    for each, lot in zip(asked, named, strict=True):
        pack = held[each["pack"].pk] if each.get("pack") else None
        if pack is not None:
            pack.lot = lots[lot.pk]
        wishes.append(stock.Wish(each["volume_ml"], lots[lot.pk], pack))
    return wishes


def _take(wishes: list[stock.Wish], hand: Hand) -> tuple[list[opened.Taking], list[Any]]:
    """The packs that the wishes are met from, and what speaks against taking from them."""
    against = stock.wish_reasons(wishes, hand.patient, hand.at)
    lots = {wish.lot.pk: wish.lot for wish in wishes}
    unopened, own = opened.unopened(lots.values()), opened.own(lots.values(), hand.patient, hand.at)
    takings: list[opened.Taking] = []
    for wish in wishes:
        if wish.pack is not None:
            taken = _from_pack(wish, own)
        else:
            free = unopened[wish.lot.pk]
            taken = opened.take(
                wish.volume_ml,
                wish.lot,
                opened=own.get(wish.lot.pk, []),
                unopened_ml=free,
                patient=hand.patient,
                by=hand.by,
                at=hand.at,
            )
            unopened[wish.lot.pk] = free - sum(each.pack.volume for each in taken if each.pack.pk is None)
        got = sum((each.volume_ml for each in taken), Decimal(0))
        if got < wish.volume_ml:
            against.append(stock.insufficient(wish.lot, wish.volume_ml, got))
        takings += taken
    return takings, against


def _from_pack(wish: stock.Wish, own: dict[int, list[Pack]]) -> list[opened.Taking]:
    asked = wish.pack
    if asked is None:
        return []
    pack = next((each for each in own.get(wish.lot.pk, []) if each.pk == asked.pk), asked)
    part = min(pack.left, wish.volume_ml)
    pack.left -= part
    return [opened.Taking(pack, part)]


def _draw(preparation: Preparation, takings: list[opened.Taking], hand: Hand) -> None:
    """Open what must be opened, write one movement per pack, and what each brought into the mix."""
    Pack.objects.bulk_create(taking.pack for taking in takings if taking.pack.pk is None)
    movements = StockMovement.objects.bulk_create(_movement(taking, hand) for taking in takings)
    components = PreparationComponent.objects.bulk_create(
        PreparationComponent(
            clinic_id=preparation.clinic_id,
            preparation=preparation,
            ordinal=ordinal,
            pack=taking.pack,
            movement=movement,
            volume_ml=taking.volume_ml,
        )
        for ordinal, (taking, movement) in enumerate(zip(takings, movements, strict=True), 1)
    )
    PreparationSubstance.objects.bulk_create(
        substance for component in components for substance in _substances(component)
    )
    empty = [taking.pack.pk for taking in takings if taking.pack.left == 0]
    Pack.objects.filter(pk__in=empty, left=0).update(state=PackState.SPENT, closed_at=hand.at, closed_by=hand.by)


def _movement(taking: opened.Taking, hand: Hand) -> StockMovement:
    return StockMovement(
        clinic_id=taking.pack.clinic_id,
        lot_id=taking.pack.lot_id,
        pack=taking.pack,
        kind=MovementKind.DRAW,
        quantity=-taking.volume_ml,
        at=hand.at,
        by=hand.by,
    )


def _substances(component: PreparationComponent) -> list[PreparationSubstance]:
    """What a component brought into the mix, as its label says; without a strength it is counted in mL."""
    return [
        PreparationSubstance(
            clinic_id=component.clinic_id,
            component=component,
            ingredient=content.ingredient,
            concentration=content.concentration,
            amount=component.volume_ml
            if content.concentration is None
            else half_up(content.concentration * component.volume_ml, AMOUNT_PLACES),
            unit=mixing.MILLILITRES if content.concentration is None else mixing.per_ml_unit(content.unit),
        )
        for content in component.pack.lot.product.contents.all()
    ]


def _record(preparation: Preparation, findings: list[Finding], decisions: list[rules.Decision], hand: Hand) -> None:
    """Keep what the check said, and whose word it was where somebody went on all the same."""
    PreparationFinding.objects.bulk_create(
        PreparationFinding(
            clinic_id=preparation.clinic_id,
            preparation=preparation,
            code=finding.code,
            severity=finding.severity.value,
            subjects=list(finding.subjects),
            message=finding.message,
            source=finding.source,
            reason=reason if finding.interrupts else "",
            overridden_at=hand.at if finding.interrupts else None,
            overridden_by=hand.by if finding.interrupts else None,
        )
        for finding in findings
        if finding.code not in rules.STOCK_CODES
        for reason in [rules.reason_for(finding, decisions)]
    )
