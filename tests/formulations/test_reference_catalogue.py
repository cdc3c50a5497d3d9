"""The catalogue is whole: every row typed, every word it uses known to the lists that other rows and rules speak of."""

import pytest

from formulations import reference
from formulations.checks.findings import Severity
from formulations.checks.mixes import Substance
from formulations.mixing import per_ml_unit
from patients import reference as words
from treatments import reference as treatments

INGREDIENTS = {row.slug: row for row in reference.ingredients()}
CONDITIONS = {row.slug for row in words.conditions()}
CLASSES = {row.slug for row in words.medicine_classes()}
ALLERGENS = {row.slug for row in words.allergens()}
INDICATIONS = {row.slug: row for row in reference.indications()}
EFFECTS = {row.slug for row in reference.effects()}
SUBSTANCE_CLASSES = {
    "anaesthetic", "vasodilator", "enzyme", "hormone", "vitamin", "mineral", "amino_acid", "antioxidant",
    "herbal_extract", "lipolytic", "hyaluronic_acid", "antibiotic", "venotonic", "nsaid", "polynucleotide", "other",
}  # fmt: skip


def test_nothing_is_missing():
    assert (len(INGREDIENTS), len(reference.pairs()), len(INDICATIONS), len(EFFECTS)) == (68, 97, 22, 62)


@pytest.mark.parametrize("row", reference.ingredients(), ids=lambda row: row.slug)
def test_a_substance_speaks_only_in_known_words(row):
    assert row.substance_class in SUBSTANCE_CLASSES
    assert row.status in {"active", "inactive", "restricted", "prohibited", "withdrawn"}
    assert row.cap_kind in {"", "toxicity", "label", "label_dose", "pack", "convention", "borrowed", "prohibited"}
    assert set(row.allergens) <= ALLERGENS
    assert row.slug in ALLERGENS
    assert set(row.contraindicated_conditions) <= CONDITIONS
    assert set(row.interacting_drugs) <= CLASSES
    assert set(row.indications) <= INDICATIONS.keys()
    assert set(row.expected_side_effects) <= EFFECTS
    assert row.evidence_grade in {"A", "B", "C", "D", "none"}
    assert row.purpose
    assert row.source


@pytest.mark.parametrize("row", reference.ingredients(), ids=lambda row: row.slug)
def test_figures_of_a_substance_make_sense(row):
    if row.unit:
        assert per_ml_unit(row.unit) in {"mg", "U", "IU"}
    assert (row.max_dose_per_session is None) == (not row.max_dose_unit)
    if row.max_dose_per_session is not None:
        assert row.cap_kind
    assert (row.ph_min is None) == (row.ph_max is None)
    assert row.ph_min is None or row.ph_min <= row.ph_max
    substance = Substance.of(row)
    assert (substance.cap is None) == (row.max_dose_per_session is None and row.max_dose_per_kg is None)


@pytest.mark.parametrize("row", reference.pairs(), ids=lambda row: row.slug)
def test_a_rule_speaks_of_things_that_exist(row):
    known = {
        "class": {each.substance_class for each in INGREDIENTS.values()},
        "drug": CLASSES,
        "syringe": CLASSES,
        "disinfectant": {"quaternary-ammonium", "chlorhexidine-alcohol", "alcohol", "povidone-iodine"},
    }
    for token in (row.a, row.b):
        kind, colon, name = token.partition(":")
        assert name in known[kind] if colon else token in {"any", *INGREDIENTS}
    assert Severity(row.severity)
    assert row.reason
    assert row.source


def test_a_rule_is_told_once():
    assert len({frozenset((row.a, row.b)) for row in reference.pairs()}) == 97


def test_cellulitis_is_an_infection_and_never_a_reason_to_treat():
    said = [word for row in INDICATIONS.values() for word in (row.slug, row.name, *row.also_said)]
    assert not [word for word in said if "cellulitis" in word.lower()]
    (infection,) = [row for row in words.conditions() if "cellulitis" in row.also_said]
    assert infection.slug == "infection-at-site"


def test_indications_are_those_of_the_protocols():
    assert {row.indication for row in treatments.protocols()} == INDICATIONS.keys()
    assert all(INDICATIONS[row.indication].domain == row.domain for row in treatments.protocols())


@pytest.mark.parametrize("row", reference.effects(), ids=lambda row: row.slug)
def test_an_effect_has_its_window_and_advice(row):
    assert row.onset_hours_min <= row.onset_hours_max
    assert row.seriousness_default in {"non-serious", "serious", "serious-if-criteria"}
    assert row.scope in {"ingredient", "procedure"}
    assert row.advice_to_patient.endswith((".", ")"))
