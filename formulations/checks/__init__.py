"""The whole check of a mix: plain facts in, findings out, all at once and hardest first. No database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from common.decimals import half_up, plain
from formulations.checks import (
    allergies,
    conditions,
    doses,
    gate,
    labels,
    medicines,
    pairs,
    recipes,
    strengths,
    substances,
    washouts,
)
from formulations.checks.charts import Patient
from formulations.checks.contexts import Context
from formulations.checks.findings import Finding, in_order, verdict
from formulations.checks.mixes import Component, Mix
from formulations.mixing import Number, share_of_cap, shown, total_ml

__all__ = ["Check", "Figures", "check"]

PERCENT_PLACES = 2


@dataclass(frozen=True)
class Figures:
    """One substance of one component in figures, in the component's own unit; a cap only where the units agree."""

    ingredient: str
    unit: str
    amount: Fraction
    final_per_ml: Fraction
    delivered: Fraction
    cap: Fraction | None

    @property
    def percent(self) -> str:
        """How much of the cap is used up, in percent; empty where there is none to compare with."""
        return "" if not self.cap else plain(half_up(share_of_cap(self.delivered, self.cap) * 100, PERCENT_PLACES))

    def as_dict(self) -> dict[str, Any]:
        """The figures as the API answers them."""
        return {
            "ingredient": self.ingredient,
            "unit": self.unit,
            "amount": shown(self.amount),
            "final_per_ml": shown(self.final_per_ml),
            "delivered": shown(self.delivered),
            "cap": None if self.cap is None else shown(self.cap),
        }


@dataclass(frozen=True)
class Check:
    """What came out: the verdict (block, warn or ok), the figures, and every finding, hardest first."""

    verdict: str
    total_ml: Fraction
    components: tuple[Figures, ...]
    findings: tuple[Finding, ...]

    @property
    def interrupts(self) -> bool:
        return self.verdict != "ok"

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The figures as a page shows them, with the share of the cap."""
        return [figures.as_dict() | {"percent": figures.percent} for figures in self.components]

    def as_dict(self) -> dict[str, Any]:
        """The check as the API answers it."""
        return {
            "verdict": self.verdict,
            "total_ml": shown(self.total_ml),
            "components": [figures.as_dict() for figures in self.components],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def check(
    components: tuple[Component, ...] | list[Component],
    *,
    injected_ml: Number | None = None,
    patient: Patient | None = None,
    context: Context | None = None,
) -> Check:
    """Check a mix for a patient at a moment; without a patient only what the mix itself says."""
    mix, facts = Mix(tuple(components), injected_ml), context or Context()
    told = dict.fromkeys(_findings(mix, patient or Patient(), facts))
    found = in_order(recipes.settle(told, facts.recipe, mix))
    return Check(
        verdict=verdict(found),
        total_ml=total_ml(component.volume_ml for component in mix.components),
        components=tuple(_figures(mix, (patient or Patient()).weight_kg)),
        findings=found,
    )


def _findings(mix: Mix, patient: Patient, context: Context) -> Iterator[Finding]:
    yield from substances.check_status(mix, context)
    yield from allergies.check_allergies(mix, patient, context)
    yield from conditions.check_conditions(mix, patient, context)
    yield from medicines.check_medicines(mix, patient, context)
    yield from washouts.check_washouts(mix, patient, context)
    yield from allergies.check_unknown(patient)
    yield from pairs.check_pairs(mix, context)
    yield from pairs.check_antiseptic(mix, context)
    yield from doses.check_doses(mix, patient, context)
    yield from labels.check_topical(mix, context)
    yield from labels.check_points(mix, context)
    yield from strengths.check_strengths(mix, context)
    yield from strengths.check_product_count(mix, context)
    yield from gate.check_stock(mix, context)
    yield from gate.check_papers(context)
    yield from gate.check_places(mix, context)


def _figures(mix: Mix, weight_kg: Number | None) -> Iterator[Figures]:
    for portion in doses.portions(mix):
        cap = doses.cap_of(portion.content.substance)
        yield Figures(
            ingredient=portion.content.substance.slug,
            unit=portion.amount.unit,
            amount=portion.amount.amount,
            final_per_ml=portion.amount.final_per_ml,
            delivered=portion.amount.delivered,
            cap=cap.at(weight_kg) if cap is not None and portion.comparable else None,
        )
