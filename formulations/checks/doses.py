"""How much is too much: caps by what stands behind them, anaesthetics added up, a weight that is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from common.decimals import half_up, plain
from formulations.checks.charts import Patient
from formulations.checks.contexts import Context, Given
from formulations.checks.findings import Finding, Override, Severity
from formulations.checks.mixes import Content, Mix, Substance, joined
from formulations.mixing import (
    MILLILITRES,
    SMALL_ADULT_KG,
    Amount,
    Cap,
    Number,
    Part,
    amounts,
    anaesthetic_share,
    shown,
    total_ml,
)

NEAR_CAP = Fraction(4, 5)
ANAESTHETIC = "anaesthetic"
OVER = {
    "toxicity": (Severity.BLOCK, Override.NONE),
    "label": (Severity.BLOCK, Override.NONE),
    "label_dose": (Severity.BLOCK, Override.PRACTITIONER),
    "borrowed": (Severity.BLOCK, Override.DIRECTOR),
    "pack": (Severity.WARN, Override.PRACTITIONER),
    "convention": (Severity.WARN, Override.PRACTITIONER),
}
NEAR = {
    "toxicity": (Severity.WARN, Override.PRACTITIONER),
    "label": (Severity.WARN, Override.PRACTITIONER),
    "borrowed": (Severity.WARN, Override.PRACTITIONER),
    "label_dose": (Severity.NOTE, Override.NONE),
}
SETTLED_BY_RECIPE = ("pack", "convention")


def cap_of(substance: Substance) -> Cap | None:
    """The cap of a substance; a prohibition is no cap."""
    cap = substance.cap
    return None if cap is None or cap.kind == "prohibited" or cap.absolute == 0 else cap


def counted_unit(content: Content) -> str:
    """The unit an amount is answered in: mL where the cap is in mL or no strength is known, else its own."""
    cap = cap_of(content.substance)
    if content.concentration is None or (cap is not None and cap.unit == MILLILITRES):
        return MILLILITRES
    return content.unit


@dataclass(frozen=True)
class Portion:
    """One substance of one component, with its exact amounts; `strength_known` is about the product's label."""

    content: Content
    amount: Amount
    strength_known: bool

    @property
    def comparable(self) -> bool:
        """Whether the amount can be laid against the cap: like with like."""
        cap = cap_of(self.content.substance)
        return cap is not None and cap.unit == self.amount.unit


def portions(mix: Mix) -> list[Portion]:
    """Every substance of every component with what the mix holds of it, in the order they were entered."""
    if not mix.components:
        return []
    listed = [(component, content) for component in mix.components for content in component.product.contents]
    parts = [
        Part(content.substance.slug, component.volume_ml, content.concentration, counted_unit(content))
        for component, content in listed
    ]
    mixed = total_ml(component.volume_ml for component in mix.components)
    return [
        Portion(content, amount, content.concentration is not None)
        for (_component, content), amount in zip(listed, amounts(parts, mixed, mix.injected_ml), strict=True)
    ]


@dataclass(frozen=True)
class Dose:
    """All of one capped substance that the patient gets today."""

    substance: Substance
    cap: Cap
    delivered: Fraction

    def limit(self, weight_kg: Number | None) -> Fraction | None:
        return self.cap.at(weight_kg)


def doses(mix: Mix, given: tuple[Given, ...]) -> list[Dose]:
    """Capped substances with their delivered sum over all products of the day, like with like."""
    found: dict[str, Dose] = {}
    for portion in portions(mix):
        substance, cap = portion.content.substance, cap_of(portion.content.substance)
        if cap is not None and portion.comparable:
            before = found[substance.slug].delivered if substance.slug in found else Fraction(0)
            found[substance.slug] = Dose(substance, cap, before + portion.amount.delivered)
    for other in given:
        cap = cap_of(other.substance)
        in_mix = found.get(other.substance.slug)
        if cap is not None and cap.unit == other.unit and (in_mix or other.substance.substance_class == ANAESTHETIC):
            before = in_mix.delivered if in_mix else Fraction(0)
            found[other.substance.slug] = Dose(other.substance, cap, before + Fraction(other.amount))
    return list(found.values())


def check_doses(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    """Every dose against its cap; local anaesthetics together, as shares of their caps."""
    today = doses(mix, context.given_today)
    anaesthetics = [dose for dose in today if dose.substance.substance_class == ANAESTHETIC]
    groups = [[dose] for dose in today if dose not in anaesthetics] + ([anaesthetics] if anaesthetics else [])
    for group in groups:
        yield from _against_caps(group, patient.weight_kg)
    yield from _weight_unknown(groups, patient.weight_kg)


def _share(group: list[Dose], weight_kg: Number | None) -> Fraction | None:
    limits = [(dose.delivered, limit) for dose in group if (limit := dose.limit(weight_kg)) is not None]
    return anaesthetic_share(limits) if limits else None


def _against_caps(group: list[Dose], weight_kg: Number | None) -> Iterator[Finding]:
    share, kind = _share(group, weight_kg), group[0].cap.kind
    if share is None:
        return
    table = OVER if share > 1 else NEAR if share >= NEAR_CAP else {}
    if kind in table:
        severity, override = table[kind]
        yield Finding(
            "dose_cap_exceeded" if share > 1 else "dose_cap_near",
            severity,
            tuple(dose.substance.slug for dose in group),
            _dose_sentence(group, share, weight_kg),
            source="; ".join(dict.fromkeys(dose.substance.source for dose in group)),
            override=override,
            fix="volume",
            belongs_to_recipe=kind in SETTLED_BY_RECIPE,
        )


def _dose_sentence(group: list[Dose], share: Fraction, weight_kg: Number | None) -> str:
    lines = [
        _("%(name)s %(dose)s %(unit)s of at most %(cap)s %(unit)s")
        % {
            "name": dose.substance.short,
            "dose": shown(dose.delivered),
            "cap": shown(dose.limit(weight_kg)),
            "unit": dose.cap.unit,
        }
        for dose in group
    ]
    kinds = {
        "toxicity": _("limit of toxicity"),
        "label": _("limit of the label"),
        "label_dose": _("labelled single dose"),
        "pack": _("one pack"),
        "convention": _("usual maximum"),
        "borrowed": _("maximum borrowed from another use"),
    }
    sentence = _("%(lines)s: %(percent)s %% of the %(kind)s.")
    percent = plain(half_up(share * 100, 1))
    return sentence % {"lines": "; ".join(lines), "percent": percent, "kind": kinds[group[0].cap.kind]}


def _weight_unknown(groups: list[list[Dose]], weight_kg: Number | None) -> Iterator[Finding]:
    """Without a weight the caps per kg cannot be known: fine up to those of a small adult, else enter the weight."""
    if weight_kg is not None:
        return
    concerned = [group for group in groups if any(dose.cap.per_kg is not None for dose in group)]
    if not concerned:
        return
    too_much = any((_share(group, SMALL_ADULT_KG) or 0) > 1 for group in concerned)
    names = joined(dose.substance.short for group in concerned for dose in group)
    sentence = (
        _("The weight is not known, and %(names)s is over what an adult of %(kg)s kg may have: enter the weight.")
        if too_much
        else _("The weight is not known; %(names)s is within what an adult of %(kg)s kg may have.")
    )
    yield Finding(
        "weight_unknown",
        Severity.BLOCK if too_much else Severity.NOTE,
        tuple(dose.substance.slug for group in concerned for dose in group),
        sentence % {"names": names, "kg": SMALL_ADULT_KG},
        source=_("caps per kg of the catalogue"),
        fix="weight",
    )
