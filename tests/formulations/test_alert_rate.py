"""Counted over the reference: everyday mixes stay quiet, and everything that must stop still stops."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from formulations import reference
from formulations.actions import recipes
from formulations.checks import check
from formulations.checks.contexts import ApprovedRecipe
from formulations.checks.doses import cap_of
from formulations.checks.mixes import Component, Product
from formulations.rules.mix import Asked
from patients.actions import statements
from tests.cast import NOON
from tests.formulations.test_mix_check import (
    EVERYDAY,
    HEALTHY,
    POLICIES,
    ROWS,
    SIGNED,
    SUBSTANCES,
    allergic,
    meetings,
    of,
    with_condition,
)
from treatments.rules import checks


def asked_of(mix):
    return [
        Asked(
            Decimal(part["volume_ml"]),
            ingredient=part["ingredient"],
            concentration=None if part["concentration"] is None else Decimal(part["concentration"]),
            unit=part["unit"] or "mg/mL",
        )
        for part in mix["components"]
    ]


def test_everyday_mixes_of_a_healthy_patient_through_the_clinics_own_rows(signed_reference, patient, practitioner):
    """At most 7 of 30 interrupt ad hoc, none as an approved recipe."""
    clinic = signed_reference
    statements.record_weight(patient, weight_kg=Decimal(65), by=practitioner, at=NOON)
    said = {"patient": patient, "at": NOON}

    ad_hoc, approved = [], []
    for mix in EVERYDAY:
        injected, components = Decimal(mix["injected_ml"]), asked_of(mix)
        shared = {"components": components, "injected_ml": injected, **said}
        ad_hoc.append(checks.for_patient(clinic, **shared).interrupts)
        lines = [
            {
                "ingredient": each.ingredient,
                "concentration": each.concentration,
                "unit": each.unit,
                "volume_ml": each.volume_ml,
            }
            for each in components
        ]
        version = recipes.add(clinic, name=mix["name"], components=lines, by=practitioner, at=NOON)
        recipes.approve(version, reason="Usual here", by=practitioner, at=NOON)
        version.refresh_from_db()
        settled = checks.for_patient(clinic, version=version, **shared)
        approved.append(settled.interrupts)
        assert all(each.accepted.startswith("accepted with") for each in settled.findings if each.belongs_to_recipe)

    assert len(ad_hoc) == 30
    assert sum(ad_hoc) <= 7
    assert sum(approved) == 0


def verdicts(components, *, patient=HEALTHY, context=SIGNED):
    """The verdict ad hoc, and as a recipe that somebody approved with everything in it."""
    recipe = ApprovedRecipe("v3", "Dr Marchetti", date(2025, 1, 7), tuple(components))
    found = [check(components, patient=patient, context=context)]
    found.append(check(components, patient=patient, context=replace(context, recipe=recipe)))
    return {each.verdict for each in found}


def pair_cases():
    for row in reference.pairs():
        if row.severity != "block":
            continue
        for a, b in meetings(row):
            yield f"{row.slug}: {a} + {b}", verdicts([of(a), of(b)])
        if row.b.startswith("disinfectant:"):
            context = replace(SIGNED, antiseptic=row.b.removeprefix("disinfectant:"))
            yield row.slug, verdicts([of(row.a)], context=context)


def allergy_cases():
    for slug, substance in SUBSTANCES.items():
        for allergen in sorted({slug, *substance.allergens}):
            yield f"{slug}: {allergen}", verdicts([of(slug)], patient=allergic(allergen, allergen))


def condition_cases():
    for row in POLICIES:
        if (row.severity, row.override) != ("block", "none"):
            continue
        for word in row.applies_to:
            kind, _colon, name = word.partition(":")
            context = replace(SIGNED, **{kind: name}) if kind in ("domain", "indication") else SIGNED
            for slug in substances_of(row, kind, name):
                patient = with_condition(row.slug)
                yield f"{row.slug} ({word}): {slug}", verdicts([of(slug)], patient=patient, context=context)


def substances_of(row, kind, name):
    """Whatever the row speaks of: any substance for a row about the plan, else those that list the condition."""
    if row.scope != "ingredient":
        return ["vitamin-c"]
    listing = [slug for slug, each in SUBSTANCES.items() if row.slug in each.conditions]
    return [slug for slug in listing if kind != "class" or SUBSTANCES[slug].substance_class == name]


def status_cases():
    for slug, row in ROWS.items():
        if row.status in ("withdrawn", "prohibited") or row.max_dose_per_session == 0:
            yield slug, verdicts([of(slug, concentration=10)])


def cap_cases():
    for slug, substance in SUBSTANCES.items():
        cap = cap_of(substance)
        if cap is None or cap.kind not in ("label", "toxicity"):
            continue
        limit = cap.at(HEALTHY.weight_kg)
        strength = ROWS[slug].typical_concentration or Decimal(10)
        per_ml = Fraction(1) if cap.unit == "mL" else Fraction(strength)
        volume = limit / per_ml * Fraction(101, 100)
        bare = Product.bare(substance, strength, "mg" if cap.unit == "mL" else cap.unit)
        yield slug, verdicts([Component(bare, volume)])


@pytest.mark.parametrize(
    ("cases", "least"),
    [
        (pair_cases, len([row for row in reference.pairs() if row.severity == "block" and meetings(row)])),
        (allergy_cases, sum(len({slug, *each.allergens}) for slug, each in SUBSTANCES.items())),
        (condition_cases, len([row for row in POLICIES if (row.severity, row.override) == ("block", "none")])),
        (status_cases, len([row for row in ROWS.values() if row.status in ("withdrawn", "prohibited")])),
        (cap_cases, len([row for row in ROWS.values() if row.cap_kind in ("label", "toxicity")])),
    ],
    ids=["incompatibilities", "allergies", "conditions", "out of use", "label caps"],
)
def test_every_true_block_of_the_reference_still_blocks(cases, least):
    found = list(cases())

    passed = [name for name, answers in found if answers != {"block"}]

    assert least > 0
    assert len(found) >= least
    assert passed == []
