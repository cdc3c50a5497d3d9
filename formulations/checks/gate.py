"""What stands before the needle: lots, packs, time, consent, licence, place and interval."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from formulations.checks.contexts import Context, Zone
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.mixes import Component, Lot, Mix, Pack, joined
from formulations.mixing import Number, shown

HARD = "hard"
LIPOLYTIC = "lipolytic"


def _stop(code: str, subjects: tuple[str, ...], message: str, source: str, fix: str) -> Finding:
    return Finding(code, Severity.BLOCK, subjects, message, source=source, fix=fix)


def check_stock(mix: Mix, context: Context) -> Iterator[Finding]:
    """Expired, quarantined or recalled lots, too little left, and opened packs that are not this patient's."""
    drawn: dict[tuple[str, str], Fraction] = {}
    for component in mix.components:
        yield from _lot(component, context)
        yield from _packs(component, context)
        if component.lot is not None:
            key = (component.product.key, component.lot.number)
            drawn[key] = drawn.get(key, Fraction(0)) + Fraction(component.volume_ml)
            yield from _left(component.lot, component.lot.left_ml, drawn[key])
            yield from _left(component.lot, _in_packs(component.packs), Fraction(component.volume_ml))


def _lot(component: Component, context: Context) -> Iterator[Finding]:
    lot = component.lot
    if lot is None:
        return
    values = {"number": lot.number, "product": component.product.name}
    if lot.state == "recalled":
        sentence = _("Lot %(number)s of %(product)s is recalled.")
        yield _stop("lot_recalled", (lot.number,), sentence % values, _("stock"), "lot")
    if lot.state == "quarantined":
        sentence = _("Lot %(number)s of %(product)s is in quarantine.")
        yield _stop("lot_quarantined", (lot.number,), sentence % values, _("stock"), "lot")
    if lot.expires_on and context.today and lot.expires_on < context.today:
        sentence = _("Lot %(number)s of %(product)s expired on %(day)s.")
        day = {"day": lot.expires_on.isoformat()}
        yield _stop("lot_expired", (lot.number,), sentence % (values | day), _("stock"), "lot")


def _in_packs(packs: tuple[Pack, ...]) -> Fraction | None:
    """What the chosen packs hold together, where that is counted."""
    counted = [Fraction(pack.left_ml) for pack in packs if pack.left_ml is not None]
    return sum(counted, Fraction(0)) if counted else None


def _left(lot: Lot, left_ml: Number | None, needed: Fraction) -> Iterator[Finding]:
    if left_ml is not None and left_ml < needed:
        sentence = _("Lot %(number)s has %(left)s mL left, and the mix needs %(needed)s mL.")
        values = {"number": lot.number, "left": shown(left_ml), "needed": shown(needed)}
        yield _stop("lot_insufficient", (lot.number,), sentence % values, _("stock"), "lot")


def _packs(component: Component, context: Context) -> Iterator[Finding]:
    name = component.product.name
    subjects = (component.lot.number if component.lot else component.product.key,)
    if any(pack.opened_for_another for pack in component.packs):
        sentence = _("This pack of %(product)s was opened for another patient.")
        yield _stop("container_shared", subjects, sentence % {"product": name}, "CDC injection safety", "lot")
    if context.at and any(pack.discard_at and pack.discard_at <= context.at for pack in component.packs):
        sentence = _("This opened pack of %(product)s is past its time.")
        yield _stop("container_expired", subjects, sentence % {"product": name}, _("label of the product"), "lot")


def check_papers(context: Context) -> Iterator[Finding]:
    """Protocol, consent, licence, use-before time, and how the day lies to the plan."""
    gate = context.gate
    if gate.protocol_status != "active" and not gate.protocol_enabled:
        sentence = _("The protocol %(name)s is not available in this clinic.")
        subjects = (gate.protocol_name,) if gate.protocol_name else ()
        yield _stop(
            "protocol_unavailable", subjects, sentence % {"name": gate.protocol_name}, _("clinic policy"), "policy"
        )
    if gate.beyond_use_at and context.at and gate.beyond_use_at <= context.at:
        sentence = _("This mix is past its time of use: discard it and prepare a new one.")
        yield _stop("beyond_use_passed", (), sentence, "USP <797>", "preparation")
    if gate.consent == "missing":
        sentence = _("The patient has not consented to this treatment.")
        yield _stop("consent_missing", (), sentence, _("consent"), "consent")
    if gate.consent == "outdated":
        sentence = _("The consent is outdated: a substance or the protocol has changed since.")
        yield _stop("consent_outdated", (), sentence, _("consent"), "consent")
    if gate.licence_expires_on and context.today and gate.licence_expires_on < context.today:
        sentence = _("The practitioner's licence expired on %(day)s.")
        values = {"day": gate.licence_expires_on.isoformat()}
        yield _stop("licence_expired", (), sentence % values, _("licence"), "licence")
    yield from _timing(gate.timing)


def _timing(timing: str) -> Iterator[Finding]:
    plan = _("the plan's interval")
    if timing == "forbidden":
        yield _stop(
            "outside_window", (), _("The label asks for a longer interval since the last session."), "label", "date"
        )
    if timing == "reassess":
        sentence = _("The last session is too long ago: a new assessment is needed.")
        yield _stop("reassessment_needed", (), sentence, plan, "assessment")
    if timing == "early":
        sentence = _("Earlier than the plan's interval: say why.")
        yield Finding("interval_early", Severity.WARN, (), sentence, plan, Override.PRACTITIONER, "date")
    if timing == "late":
        yield Finding("interval_late", Severity.NOTE, (), _("Later than the plan's interval."), plan)


def check_places(mix: Mix, context: Context) -> Iterator[Finding]:
    """Where nobody injects, and how deep."""
    for zone in context.zones:
        if _forbids(zone, mix):
            sentence = _("No injection here: %(zone)s.")
            values = {"zone": zone.name or zone.slug}
            yield _stop("zone_forbidden", (zone.slug,), sentence % values, _("zones of the clinic"), "zone")
    yield from _depth(mix, context)


def _forbids(zone: Zone, mix: Mix) -> bool:
    kind, _colon, substance = zone.forbid.partition(":")
    return kind == HARD and (not substance or substance in {each.slug for each in mix.substances})


def _depth(mix: Mix, context: Context) -> Iterator[Finding]:
    """Deeper or shallower than the protocol says, or a substance that destroys fat too close to the skin."""
    depth = context.depth_mm
    if depth is None:
        return
    allowed = context.protocol_depth_mm
    shallow = [
        each
        for each in mix.substances
        if each.substance_class == LIPOLYTIC and each.usual_depth_mm and depth < each.usual_depth_mm[0]
    ]
    outside = allowed is not None and not allowed[0] <= depth <= allowed[1]
    if not shallow and not outside:
        return
    sentence = (
        _("A depth of %(depth)s mm is too shallow for %(names)s: danger of necrosis.")
        if shallow
        else _("A depth of %(depth)s mm is outside the depth of the protocol.")
    )
    yield Finding(
        "depth_forbidden",
        Severity.WARN,
        tuple(each.slug for each in shallow),
        sentence % {"depth": shown(depth), "names": joined(each.short for each in shallow)},
        source=_("protocol; catalogue of substances"),
        override=Override.PRACTITIONER,
        fix="depth",
    )
