"""What people say is understood where the lists know it, counts for all it may mean, and else stays visible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import reference, synonyms


@pytest.mark.parametrize("row", reference.medicines(), ids=lambda row: row.name)
def test_every_medicine_of_the_list_is_understood_however_it_is_written(row):
    for said in (row.name, row.name.upper(), row.name.replace("-", " "), f"{row.name} 20 mg twice a day"):
        derived = synonyms.medicine(said)
        assert derived.checked
        assert set(row.classes) <= set(derived.slugs)


def test_an_ambiguous_medicine_means_all_it_may_until_somebody_says_which():
    either = synonyms.medicine("Aspirin 100 mg")
    assert set(either.slugs) == {"antiplatelets", "nsaids", "salicylates"}
    assert len(either.choices) == 2
    said = synonyms.medicine("aspirin (low-dose)")
    assert (set(said.slugs), said.choices) == ({"antiplatelets", "salicylates"}, ())


def test_a_medicine_known_to_concern_no_rule_is_checked_and_an_unknown_one_is_not():
    assert synonyms.medicine("Omeprazole") == synonyms.Derived(checked=True)
    assert not synonyms.medicine("Wonderpill").checked
    assert not synonyms.medicine("omeprazole and Wonderpill").checked
    both = synonyms.medicine("warfarin, Wonderpill")
    assert (both.checked, "anticoagulants" in both.slugs) == (False, True)


@pytest.mark.parametrize(
    ("said", "checked"),
    [
        ("ethinylestradiol/levonorgestrel 0.03/0.15", True),
        ("enalapril 20/12.5 mg", True),
        ("ethinylestradiol + levonorgestrel, Wonderpill", False),
        ("ethinylestradiol + Wonderpill", False),
    ],
)
def test_a_combination_is_one_medicine_and_a_dose_is_none(said, checked):
    assert synonyms.medicine(said).checked is checked


@pytest.mark.parametrize("row", [row for row in reference.allergies_said() if row.allergens], ids=lambda row: row.said)
def test_every_allergy_that_is_mapped_is_understood(row):
    for said in (row.said, row.said.capitalize()):
        derived = synonyms.allergy(said)
        assert derived.checked
        assert set(row.allergens) <= set(derived.slugs)


@pytest.mark.parametrize("said", ["sulfa", "shellfish", "penicillin", "nickel", "kiwi", "red peppers"])
def test_an_allergy_without_a_rule_stays_visible_and_is_never_guessed(said):
    derived = synonyms.allergy(said)
    assert (derived.slugs, derived.checked) == ((), False)


@pytest.mark.parametrize("row", reference.allergens(), ids=lambda row: row.slug)
def test_every_allergen_and_substance_is_known_by_its_own_names(row):
    for said in (row.slug, row.name, *row.also_said):
        derived = synonyms.allergy(said)
        assert row.slug in derived.slugs
        assert set(row.implies) <= set(derived.slugs)


@pytest.mark.parametrize(
    ("said", "allergens"),
    [
        ("naproxen", {"nsaid"}),
        ("diclofenac", {"diclofenac", "nsaid"}),
        ("dentist injection", {"amide anaesthetics", "ester anaesthetics"}),
        ("anaphylaxis to soy (2012)", {"soy"}),
        ("wasp", {"hymenoptera"}),
        ("Soja", {"soy"}),
    ],
)
def test_an_allergy_means_what_crosses_with_it(said, allergens):
    assert set(synonyms.allergy(said).slugs) == allergens


@pytest.mark.parametrize("row", reference.conditions(), ids=lambda row: row.slug)
def test_every_condition_is_known_by_its_names(row):
    for said in (row.slug, row.name, *row.also_said):
        assert synonyms.condition(said).slugs == (row.slug,)


def test_a_past_illness_is_not_a_present_one():
    assert synonyms.condition("history of cancer").slugs == ("malignancy-history",)
    assert synonyms.condition("cancer").slugs == ("active-cancer",)


@given(st.text(max_size=60))
def test_any_text_is_answered_without_a_guess(text):
    for derive in (synonyms.medicine, synonyms.allergy, synonyms.condition):
        derived = derive(text)
        assert derived.checked or not derived.slugs or synonyms.tokens(text)


@given(st.sampled_from([row.name for row in reference.medicines()]), st.text("qxz", min_size=3, max_size=8))
def test_an_unknown_neighbour_never_hides_a_known_medicine(name, stranger):
    derived = synonyms.medicine(f"{name}, {stranger}")
    assert set(synonyms.medicine(name).slugs) <= set(derived.slugs)
    assert not derived.checked
