"""The whole check over the reference: true blocks block, everyday mixes stay quiet, and each fact is one line."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations import reference
from formulations.checks import check
from formulations.checks.charts import Allergy, Answer, Condition, Medicine, Patient
from formulations.checks.contexts import (
    ApprovedRecipe,
    ConditionPolicy,
    Context,
    Gate,
    Given,
    PairRule,
    Points,
    Topical,
    Washout,
    Zone,
)
from formulations.checks.findings import ORDER, Severity, is_proposal
from formulations.checks.mixes import Component, Content, Lot, Pack, Product, Substance, short_name
from formulations.checks.pairs import BLOCKS_AT_ONCE
from treatments import reference as treatments_reference

EVERYDAY = json.loads((Path(__file__).parent.parent / "data" / "everyday_mixes.json").read_text(encoding="utf-8"))
SUBSTANCES = {row.slug: Substance.of(row) for row in reference.ingredients()}
ROWS = {row.slug: row for row in reference.ingredients()}
HEALTHY = Patient(weight_kg=65)
NOON = datetime(2025, 2, 3, 12, tzinfo=UTC)


def clinic(*, signed, **facts):
    return Context(
        pairs=tuple(PairRule.of(row, signed=signed) for row in reference.pairs()),
        policies=tuple(ConditionPolicy.of(row, signed=signed) for row in treatments_reference.condition_policies()),
        washouts=tuple(Washout.of(row) for row in treatments_reference.washouts()),
        **({"domain": "aesthetic", "today": NOON.date(), "at": NOON} | facts),
    )


SIGNED, UNSIGNED = clinic(signed=True), clinic(signed=False)


def of(slug, volume="1", concentration="usual", unit="", **stock):
    """A component of one substance, at its usual strength unless said otherwise."""
    row = ROWS[slug]
    strength = row.typical_concentration if concentration == "usual" else concentration
    strength = None if strength is None else Decimal(str(strength))
    product = Product.bare(SUBSTANCES[slug], strength, unit or row.unit.removesuffix("/mL") or "mg")
    return Component(product, Decimal(str(volume)), **stock)


def found(components, *, patient=HEALTHY, context=SIGNED, injected=None):
    return check(components, injected_ml=injected, patient=patient, context=context).findings


def only(findings, code):
    (finding,) = [finding for finding in findings if finding.code == code]
    return finding


def codes(findings, *severities):
    return {each.code for each in findings if not severities or each.severity in severities}


def mix_of(mix):
    return [
        of(part["ingredient"], part["volume_ml"], part["concentration"], (part["unit"] or "mg/mL").removesuffix("/mL"))
        for part in mix["components"]
    ]


# Alarm rate


@pytest.mark.parametrize("context", [SIGNED, UNSIGNED], ids=["signed", "unsigned"])
def test_at_most_seven_of_thirty_everyday_mixes_interrupt(context):
    results = [
        check(mix_of(mix), injected_ml=Decimal(mix["injected_ml"]), patient=HEALTHY, context=context)
        for mix in EVERYDAY
    ]
    assert len(results) == 30
    assert sum(result.interrupts for result in results) <= 7


@pytest.mark.parametrize("context", [SIGNED, UNSIGNED], ids=["signed", "unsigned"])
@pytest.mark.parametrize("mix", EVERYDAY, ids=lambda mix: mix["name"])
def test_no_everyday_mix_interrupts_as_an_approved_recipe(mix, context):
    recipe = ApprovedRecipe("v3", "Dr Marchetti", date(2025, 1, 7), tuple(mix_of(mix)))
    result = check(
        mix_of(mix),
        injected_ml=Decimal(mix["injected_ml"]),
        patient=HEALTHY,
        context=replace(context, recipe=recipe),
    )
    assert result.verdict == "ok"
    assert all(finding.message for finding in result.findings)


# Pairs


def members(token):
    """Substances a side of a rule may stand for."""
    if token.startswith("class:"):
        return [slug for slug, each in SUBSTANCES.items() if each.substance_class == token.removeprefix("class:")]
    return [token] if token in SUBSTANCES else ["glutathione"] if token == "any" else []


def meetings(row):
    return [(a, b) for a in members(row.a) for b in members(row.b) if a != b]


SYRINGE_ROWS = [row for row in reference.pairs() if meetings(row)]


@pytest.mark.parametrize("row", SYRINGE_ROWS, ids=lambda row: row.slug)
def test_every_rule_of_the_table_holds_in_either_order(row):
    for a, b in meetings(row):
        for components in ([of(a), of(b)], [of(b), of(a)]):
            finding = next(
                each for each in found(components) if {a, b} <= set(each.subjects) and each.code == "pair_incompatible"
            )
            assert finding.severity.hardness >= Severity(row.severity).hardness
            assert finding.message.endswith(".") or ")" in finding.message[-2:]
            assert finding.source


def test_the_whole_table_was_walked():
    other = [row for row in reference.pairs() if not meetings(row)]
    assert len(SYRINGE_ROWS) + len(other) == 97
    assert all(any(kind in f"{row.a} {row.b}" for kind in ("drug:", "syringe:", "disinfectant:")) for row in other)


@pytest.mark.parametrize("row", [row for row in reference.pairs() if "drug:" in row.b], ids=lambda row: row.slug)
def test_every_rule_about_a_medicine_the_patient_takes_holds(row):
    patient = replace(HEALTHY, medicines=(Medicine("what she takes", frozenset({row.b.removeprefix("drug:")})),))
    for slug in members(row.a):
        finding = next(
            each
            for each in found([of(slug)], patient=patient)
            if each.code == "drug_interaction"
            and row.b.removeprefix("drug:") in each.subjects
            and row.reason in each.message
        )
        assert finding.severity == row.severity
        assert slug in finding.subjects


@pytest.mark.parametrize("row", [row for row in reference.pairs() if "syringe:" in row.b], ids=lambda row: row.slug)
def test_every_rule_about_a_medicine_in_the_same_syringe_holds(row):
    drug = row.b.removeprefix("syringe:")
    other = Product("extra", "Something else", (), drug_classes=frozenset({drug}))
    finding = only(found([of(row.a), Component(other, Decimal(1))]), "pair_incompatible")
    assert (finding.severity, finding.subjects) == ("block", (row.a, "extra"))


@pytest.mark.parametrize(
    "row", [row for row in reference.pairs() if "disinfectant:" in row.b], ids=lambda row: row.slug
)
def test_every_rule_about_the_antiseptic_holds(row):
    context = replace(SIGNED, antiseptic=row.b.removeprefix("disinfectant:"))
    assert only(found([of(row.a)], context=context), "antiseptic_forbidden").severity == "block"
    assert "antiseptic_forbidden" not in codes(found([of(row.a)], context=replace(context, antiseptic="alcohol")))


@pytest.mark.parametrize("row", [row for row in SYRINGE_ROWS if row.severity == "block"], ids=lambda row: row.slug)
def test_a_proposed_block_warns_until_it_is_signed_unless_it_harms_at_once(row):
    at_once = not is_proposal(row.source) or frozenset((row.a, row.b)) in BLOCKS_AT_ONCE
    alone = replace(UNSIGNED, pairs=(PairRule.of(row, signed=False),))
    a, b = meetings(row)[0]
    finding = only(found([of(a), of(b)], context=alone), "pair_incompatible")
    assert (finding.severity, finding.override) == (("block", "none") if at_once else ("warn", "practitioner"))


def test_the_named_exceptions_block_without_a_signature():
    for detergent in ("phosphatidylcholine", "sodium-deoxycholate"):
        for acid in ("vitamin-b1", "vitamin-b6", "procaine"):
            assert only(found([of(detergent), of(acid)], context=UNSIGNED), "pair_incompatible").severity == "block"
    for a, b in (
        ("hyaluronidase", "sodium-deoxycholate"),
        ("hyaluronic-acid", "hyaluronidase"),
        ("polycomponent-ha", "hyaluronidase"),
        ("polidocanol", "caffeine"),
        ("aminophylline", "vitamin-c"),
    ):
        assert only(found([of(a), of(b)], context=UNSIGNED), "pair_incompatible").severity == "block"


def test_a_labelled_product_must_not_be_diluted_though_diluents_escape_warnings():
    assert only(found([of("deoxycholic-acid"), of("sodium-chloride")]), "pair_incompatible").severity == "block"
    assert "pair_incompatible" not in codes(found([of("aminophylline"), of("sodium-chloride")]))


def test_the_hardest_rule_holds_and_the_most_specific_one_speaks():
    rules = (
        PairRule("lidocaine", "any", "block", "Never with anything.", "label"),
        PairRule("lidocaine", "zinc", "warn", "Zinc clouds it.", "literature"),
    )
    finding = only(found([of("zinc"), of("lidocaine")], context=replace(SIGNED, pairs=rules)), "pair_incompatible")
    assert (finding.severity, finding.override) == ("block", "none")
    assert finding.message.endswith("together: Zinc clouds it. Never with anything.")
    assert finding.source == "literature; label"


def test_one_rule_that_several_products_meet_is_one_line():
    finding = only(found([of("collagenase"), of("glutathione"), of("sodium-chloride")]), "pair_incompatible")
    assert finding.subjects == ("collagenase", "glutathione", "sodium-chloride")


def test_two_of_a_class_must_be_different_members():
    assert only(found([of("diclofenac"), of("ketoprofen")]), "pair_incompatible").severity == "block"
    twice = [of("ketoprofen"), replace(of("ketoprofen"), lot=Lot("K2"))]
    assert "pair_incompatible" not in codes(found(twice))


def test_rules_compare_products_never_what_one_product_contains():
    both = Product(
        "ready", "Ready-made",
        (Content(SUBSTANCES["vitamin-c"], 100), Content(SUBSTANCES["copper"], 1), Content(SUBSTANCES["vitamin-b6"], 1)),
    )  # fmt: skip
    assert not codes(found([Component(both, Decimal(2))])) & {"pair_incompatible", "ph_mismatch"}
    outside = only(found([Component(both, Decimal(2)), of("selenium")]), "pair_incompatible")
    assert outside.subjects == ("vitamin-c", "selenium")


def test_ph_speaks_only_where_no_rule_does_and_never_of_a_diluent():
    mismatch = only(found([of("vitamin-b6"), of("lidocaine")]), "ph_mismatch")
    assert (mismatch.severity, set(mismatch.subjects)) == ("warn", {"vitamin-b6", "lidocaine"})
    assert "ph_mismatch" not in codes(found([of("aminophylline"), of("lidocaine")]))
    assert "ph_mismatch" not in codes(found([of("vitamin-b6"), of("sodium-chloride")]))
    assert "ph_mismatch" not in codes(found([of("vitamin-b6"), of("vitamin-b12")]))


# Substances


@pytest.mark.parametrize(
    ("slug", "code", "override"),
    [
        ("buflomedil", "ingredient_withdrawn", "none"),
        ("thyroxine", "ingredient_prohibited", "none"),
        ("phosphatidylcholine", "ingredient_restricted", "none"),
        ("collagenase", "ingredient_inactive", "director"),
    ],
)
def test_a_substance_out_of_use_blocks_by_its_status(slug, code, override):
    finding = only(found([of(slug, concentration=10)]), code)
    assert (finding.severity, finding.override, finding.subjects) == ("block", override, (slug,))


def test_policy_enables_what_is_restricted_but_never_what_is_prohibited():
    enabled = replace(SIGNED, enabled=frozenset({"phosphatidylcholine", "thyroxine"}))
    assert "ingredient_restricted" not in codes(found([of("phosphatidylcholine")], context=enabled))
    assert "ingredient_prohibited" in codes(found([of("thyroxine")], context=enabled))


def test_a_cosmetic_is_never_injected():
    cosmetic = replace(of("biomimetic-peptides").product, product_type="cosmetic")
    assert only(found([Component(cosmetic, Decimal(1))]), "ingredient_prohibited").severity == "block"


# Allergies


def allergic(said, *allergens, **more):
    return replace(HEALTHY, allergies=(Allergy(said, frozenset(allergens), **more),))


@pytest.mark.parametrize("slug", SUBSTANCES)
def test_every_allergen_of_every_substance_blocks_and_so_does_the_substance_itself(slug):
    for allergen in {slug, *SUBSTANCES[slug].allergens}:
        finding = only(found([of(slug)], patient=allergic(allergen, allergen)), "allergy")
        assert (finding.severity, finding.override) == ("block", "none")
        assert {slug, allergen} <= set(finding.subjects)


def test_one_allergy_is_one_line_naming_all_that_contains_it():
    finding = only(
        found([of("diclofenac"), of("lidocaine"), of("glutathione")], patient=allergic("wine", "sulfites")), "allergy"
    )
    assert {"diclofenac", "lidocaine", "glutathione", "sulfites"} == set(finding.subjects)


def test_the_allergens_on_a_products_own_label_replace_the_usual_ones():
    marine = replace(of("elastin").product, allergens=frozenset({"fish"}))
    bovine = replace(of("elastin").product, allergens=frozenset({"bovine protein"}))
    fish = allergic("salmon", "fish")
    assert "allergy" in codes(found([Component(marine, Decimal(1))], patient=fish))
    assert "allergy" not in codes(found([Component(bovine, Decimal(1))], patient=fish))


def test_allergies_look_inside_a_product():
    inside = Product("kit", "Kit", (Content(SUBSTANCES["vitamin-c"], 1), Content(SUBSTANCES["procaine"], 20)))
    assert "allergy" in codes(
        found([Component(inside, Decimal(1))], patient=allergic("PABA", "para-aminobenzoic acid"))
    )


def test_free_text_that_names_a_substance_of_the_mix_still_blocks():
    patient = allergic("Ascorbic acid", known=False)
    assert codes(found([of("vitamin-c")], patient=patient), "block") == {"allergy"}


def test_the_antiseptic_is_asked_too():
    patient = allergic("chlorhexidine", "chlorhexidine")
    context = replace(SIGNED, antiseptic="chlorhexidine-alcohol")
    assert only(found([of("vitamin-c")], patient=patient, context=context), "antiseptic_forbidden").severity == "block"


def test_what_is_known_only_as_free_text_is_named():
    patient = replace(
        HEALTHY,
        allergies=(Allergy("penicillin", known=False),),
        conditions=(Condition("", "chronic something", known=False),),
        medicines=(Medicine("Wonderpill", known=False), Medicine("omeprazole")),
    )
    findings = [each for each in found([of("vitamin-c")], patient=patient) if each.code == "not_checked"]
    assert {subject for each in findings for subject in each.subjects} == {
        "penicillin",
        "chronic something",
        "Wonderpill",
    }
    assert {each.severity for each in findings} == {"warn"}


# Conditions


def with_condition(*slugs, **more):
    return replace(HEALTHY, conditions=tuple(Condition(slug) for slug in slugs), **more)


POLICIES = treatments_reference.condition_policies()


@pytest.mark.parametrize("slug", sorted({row.slug for row in POLICIES}))
def test_every_condition_speaks_where_its_policy_says(slug):
    rows = [row for row in POLICIES if row.slug == slug]
    listing = [each for each in SUBSTANCES if slug in SUBSTANCES[each].conditions] or ["vitamin-b2"]
    code = "referral_needed" if slug == "body-dysmorphic-concern" else "contraindication"
    for each in listing:
        finding = only(found([of(each)], patient=with_condition(slug)), code)
        assert slug in finding.subjects
        assert finding.severity in {row.severity for row in rows}
        assert (each in finding.subjects) == (rows[0].scope == "ingredient")


@pytest.mark.parametrize(
    "slug", ["pregnancy", "under-18", "fever", "infection-at-site", "herpes-active", "breastfeeding"]
)
def test_a_condition_nobody_may_override_blocks_at_once(slug):
    finding = only(found([of("caffeine")], patient=with_condition(slug), context=UNSIGNED), "contraindication")
    assert (finding.severity, finding.override) == ("block", "none")


def test_a_proposed_condition_block_warns_until_it_is_signed():
    patient = with_condition("g6pd-deficiency")
    assert only(found([of("vitamin-c")], patient=patient), "contraindication").override == "director"
    unsigned = only(found([of("vitamin-c")], patient=patient, context=UNSIGNED), "contraindication")
    assert (unsigned.severity, unsigned.override) == ("warn", "practitioner")


def test_a_listed_condition_is_not_a_block_by_itself():
    assert only(found([of("caffeine")], patient=with_condition("epilepsy")), "contraindication").severity == "warn"
    assert "contraindication" not in codes(found([of("vitamin-c")], patient=with_condition("epilepsy")))


def test_pregnancy_is_a_rule_of_the_plan_and_softer_for_pain():
    pain = clinic(signed=True, domain="pain")
    unknown = clinic(signed=True, domain="")
    patient = with_condition("pregnancy")
    assert only(found([of("zinc")], patient=patient), "contraindication").severity == "block"
    assert only(found([of("zinc")], patient=patient, context=pain), "contraindication").override == "director"
    assert only(found([of("zinc")], patient=patient, context=unknown), "contraindication").severity == "block"


def test_breastfeeding_is_one_line_with_the_hardest_of_its_rows():
    finding = only(
        found([of("caffeine"), of("l-carnitine")], patient=with_condition("breastfeeding")), "contraindication"
    )
    assert finding.severity == "block"
    assert set(finding.subjects) == {"caffeine", "l-carnitine", "breastfeeding"}
    alone = only(found([of("l-carnitine")], patient=with_condition("breastfeeding")), "contraindication")
    assert alone.severity == "warn"
    fat = clinic(signed=True, indication="localised-fat")
    assert (
        only(
            found([of("l-carnitine")], patient=with_condition("breastfeeding"), context=fat), "contraindication"
        ).severity
        == "block"
    )


def test_a_scar_history_is_harder_where_scars_are_worst():
    decollete = clinic(signed=True, zones=(Zone("decollete"),))
    assert only(found([of("zinc")], patient=with_condition("keloid-history")), "contraindication").severity == "warn"
    assert (
        only(
            found([of("zinc")], patient=with_condition("keloid-history"), context=decollete), "contraindication"
        ).severity
        == "block"
    )


def test_a_minor_is_refused_by_age_alone():
    assert only(found([of("zinc")], patient=replace(HEALTHY, age_years=17)), "contraindication").subjects == (
        "under-18",
    )
    assert "contraindication" not in codes(found([of("zinc")], patient=replace(HEALTHY, age_years=18)))


def test_a_condition_without_a_policy_is_not_silent():
    bare = replace(SIGNED, policies=())
    assert (
        only(found([of("caffeine")], patient=with_condition("epilepsy"), context=bare), "contraindication").severity
        == "warn"
    )


# Medicines


def taking(*medicines):
    return replace(HEALTHY, medicines=tuple(Medicine(name, frozenset(classes)) for name, classes in medicines))


def test_all_that_makes_bleeding_likelier_is_one_warning():
    patient = taking(("apixaban", {"anticoagulants"}), ("aspirin", {"antiplatelets", "salicylates"}))
    finding = only(found([of("vitamin-c"), of("pentoxifylline")], patient=patient), "drug_interaction")
    assert finding.severity == "warn"
    assert {"vitamin-c", "pentoxifylline", "anticoagulants", "antiplatelets"} == set(finding.subjects)
    assert "Never stop a prescribed blood thinner" in finding.message


def test_a_blood_thinner_matters_even_to_a_mix_that_does_not_list_it():
    assert (
        only(found([of("dexpanthenol")], patient=taking(("apixaban", {"anticoagulants"}))), "drug_interaction").severity
        == "warn"
    )


def test_a_painkiller_does_not_interrupt_pain_treatment_that_does_not_list_it():
    pain = clinic(signed=True, domain="pain")
    patient = taking(("ibuprofen", {"nsaids"}))
    assert not found([of("lidocaine")], patient=patient, context=pain)
    assert only(found([of("ketoprofen")], patient=patient, context=pain), "drug_interaction").severity == "warn"


def test_the_pill_and_tranexamic_acid_ask_for_a_decision():
    patient = taking(("ethinylestradiol", {"combined-hormonal-contraceptives", "oestrogens"}))
    finding = only(found([of("tranexamic-acid")], patient=patient), "drug_interaction")
    assert (finding.severity, finding.subjects) == ("warn", ("tranexamic-acid", "combined-hormonal-contraceptives"))


def test_other_interactions_are_notes_one_line_for_each_medicine():
    finding = only(found([of("caffeine"), of("fucus")], patient=taking(("lithium", {"lithium"}))), "drug_interaction")
    assert finding.severity == "note"
    assert set(finding.subjects) == {"caffeine", "fucus", "lithium"}


def test_a_known_medicine_that_no_rule_asks_about_is_silent():
    assert not codes(found([of("lidocaine")], patient=taking(("omeprazole", set())))) - {"no_validated_cap"}


# Washouts


@pytest.mark.parametrize(
    ("answer", "place", "severity"),
    [
        (Answer("nsaid-self-medicated", 3), {}, "warn"),
        (Answer("nsaid-self-medicated", 7), {}, None),
        (Answer("nsaid-self-medicated", None), {}, "warn"),
        (Answer("nsaid-self-medicated", 1), {"domain": "pain", "indication": "low-back-pain"}, "note"),
        (Answer("sun-or-sunbed", 10), {"indication": "wrinkles"}, None),
        (Answer("sun-or-sunbed", 10), {"indication": "melasma"}, "warn"),
        (Answer("sun-or-sunbed", 10), {"indication": "hyperpigmentation"}, "warn"),
        (Answer("alcohol", 0), {}, "note"),
        (Answer("alcohol", 1), {}, None),
        (Answer("filler", 20), {}, "warn"),
        (Answer("filler", 20, in_treated_zone=False), {}, None),
        (Answer("dental-treatment", 3), {"zones": (Zone("chin", region="face"),)}, "warn"),
        (Answer("dental-treatment", 3), {"zones": (Zone("calf", region="limb"),)}, None),
        (Answer("isotretinoin", 0), {}, "warn"),
        (Answer("nsaid-injected-here", 0), {}, None),
        (Answer("antiplatelet-or-anticoagulant-prescribed", 0), {}, None),
        (Answer("unheard-of", 0), {}, None),
    ],
)
def test_washouts_follow_their_table(answer, place, severity):
    findings = found([of("zinc")], patient=replace(HEALTHY, answers=(answer,)), context=clinic(signed=True, **place))
    assert {each.severity for each in findings if each.code == "washout"} == ({severity} if severity else set())


# Doses


@pytest.mark.parametrize(
    ("kg", "ml", "code", "severity"),
    [
        (50, "17", None, None),
        (50, "18", "dose_cap_near", "warn"),
        (50, "22.5", "dose_cap_near", "warn"),
        (50, "22.6", "dose_cap_exceeded", "block"),
        (90, "30", "dose_cap_near", "warn"),
        (90, "30.1", "dose_cap_exceeded", "block"),
    ],
)
def test_lidocaine_follows_the_lower_of_its_caps(kg, ml, code, severity):
    findings = [each for each in found([of("lidocaine", ml)], patient=Patient(weight_kg=kg)) if "dose" in each.code]
    assert [(each.code, each.severity, each.override) for each in findings] == (
        [(code, severity, "none" if severity == "block" else "practitioner")] if code else []
    )


@pytest.mark.parametrize(
    ("slug", "volume", "code", "severity", "override"),
    [
        ("deoxycholic-acid", "8", "dose_cap_near", "warn", "practitioner"),
        ("deoxycholic-acid", "10.1", "dose_cap_exceeded", "block", "none"),
        ("diclofenac", "2.4", "dose_cap_near", "note", "none"),
        ("diclofenac", "3.1", "dose_cap_exceeded", "block", "practitioner"),
        ("hyaluronidase", "2.1", "dose_cap_exceeded", "warn", "practitioner"),
        ("polycomponent-ha", "3.1", "dose_cap_exceeded", "warn", "practitioner"),
        ("polidocanol", "8", "dose_cap_near", "warn", "practitioner"),
        ("polidocanol", "11", "dose_cap_exceeded", "block", "director"),
    ],
)
def test_a_cap_acts_by_what_stands_behind_it(slug, volume, code, severity, override):
    finding = only([each for each in found([of(slug, volume)]) if "dose_cap" in each.code], code)
    assert (finding.severity, finding.override) == (severity, override)


@pytest.mark.parametrize(
    ("slug", "volume"), [("hyaluronidase", "2"), ("polycomponent-ha", "3"), ("dutasteride", "1"), ("vitamin-b12", "1")]
)
def test_a_usual_pack_up_to_its_cap_is_silent(slug, volume):
    assert not {code for code in codes(found([of(slug, volume)])) if "dose_cap" in code}


def test_local_anaesthetics_add_up():
    findings = found([of("lidocaine", "16"), of("procaine", "14")], patient=Patient(weight_kg=66))
    finding = only(findings, "dose_cap_exceeded")
    assert (finding.severity, finding.subjects) == ("block", ("lidocaine", "procaine"))
    earlier = replace(SIGNED, given_today=(Given(SUBSTANCES["procaine"], 320),))
    assert "dose_cap_exceeded" in codes(found([of("lidocaine", "16")], context=earlier))


def test_only_what_is_injected_counts():
    assert "dose_cap_exceeded" not in codes(found([of("lidocaine", "40")], injected=Decimal(10)))
    assert "dose_cap_exceeded" in codes(found([of("lidocaine", "40")]))


def test_the_same_substance_from_two_packs_is_one_dose():
    halves = [of("deoxycholic-acid", "6"), replace(of("deoxycholic-acid", "5"), lot=Lot("KY-2"))]
    assert only(found(halves), "dose_cap_exceeded").subjects == ("deoxycholic-acid",)


def test_an_unknown_weight_is_fine_up_to_a_small_adults_cap():
    unknown = Patient()
    small = only(found([of("lidocaine", "15.7")], patient=unknown), "weight_unknown")
    large = only(found([of("lidocaine", "15.8")], patient=unknown), "weight_unknown")
    assert (small.severity, large.severity, large.fix) == ("note", "block", "weight")
    assert "dose_cap_exceeded" in codes(found([of("lidocaine", "31")], patient=unknown))
    assert "weight_unknown" not in codes(found([of("zinc")], patient=unknown))


def test_an_empty_cap_is_a_note_with_the_prescriber_and_never_for_a_diluent():
    context = replace(SIGNED, prescriber="Dr Marchetti")
    finding = only(
        found([of("vitamin-c"), of("glutathione"), of("sodium-chloride")], context=context), "no_validated_cap"
    )
    assert (finding.severity, finding.subjects) == ("note", ("vitamin-c", "glutathione"))
    assert "Dr Marchetti" in finding.message


def test_a_missing_strength_warns_only_where_a_cap_needs_it():
    assert only(found([of("lidocaine", concentration=None)]), "strength_unknown").severity == "warn"
    assert only(found([of("zinc")]), "strength_unknown").severity == "note"
    assert only(found([of("prp", "5")]), "strength_unknown").severity == "note"
    assert only(found([of("hyaluronidase", "2", 150, "IU")]), "strength_unknown").severity == "warn"
    assert "strength_unknown" not in codes(found([of("sodium-chloride", concentration=None)]))


def test_a_cream_is_measured_by_its_own_label():
    cream = Topical("EMLA", grams=5, area_cm2=100, max_grams=60, max_area_cm2=400)
    assert only(found([of("lidocaine")], context=replace(SIGNED, topical=cream)), "dose_cap_near").severity == "note"
    too_much = replace(cream, grams=61)
    assert only(found([of("zinc")], context=replace(SIGNED, topical=too_much)), "dose_cap_exceeded").severity == "block"


@pytest.mark.parametrize(
    ("count", "area", "blocked"), [(24, 24, False), (25, 24, True), (50, 80, False), (51, 80, True), (51, None, True)]
)
def test_a_label_limits_points_to_its_grid(count, area, blocked):
    findings = found([of("deoxycholic-acid", "4.8")], context=replace(SIGNED, points=Points(count, area)))
    assert ("points_cap_exceeded" in codes(findings, "block")) is blocked


def test_more_than_three_products_are_a_note_unless_the_clinic_flags_them():
    four = [of("vitamin-c"), of("glutathione"), of("niacinamide"), of("sodium-chloride")]
    assert only(found(four), "too_many_products").severity == "note"
    flagged = replace(SIGNED, flags_many_products=True)
    assert only(found(four, context=flagged), "too_many_products").severity == "warn"
    assert "too_many_products" not in codes(found(four[1:], context=flagged))
    assert "too_many_products" not in codes(found(four, context=replace(flagged, preparation_standard="category-1")))


# Recipes

PAIN = [of("diclofenac"), of("lidocaine"), of("sodium-chloride", "3")]
RECIPE = ApprovedRecipe("v3", "Dr Marchetti", date(2025, 1, 7), tuple(PAIN), reason="as in the trial")


def test_an_approved_recipe_settles_what_belongs_to_the_mix():
    finding = only(found(PAIN, context=replace(SIGNED, recipe=RECIPE)), "pair_incompatible")
    assert (finding.severity, finding.accepted) == (
        "note",
        "accepted with v3 by Dr Marchetti on 2025-01-07: as in the trial",
    )


@pytest.mark.parametrize(
    "changed",
    [
        [of("diclofenac", "1.1"), of("lidocaine"), of("sodium-chloride", "3")],
        [of("diclofenac"), of("lidocaine", concentration=20), of("sodium-chloride", "3")],
        [of("diclofenac"), of("lidocaine"), of("sodium-chloride", "2")],
        [of("diclofenac"), of("lidocaine")],
        [of("diclofenac"), of("lidocaine"), of("sodium-chloride", "3"), of("vitamin-b12")],
        [of("diclofenac"), of("lidocaine", concentration=None), of("sodium-chloride", "3")],
    ],
    ids=["more", "stronger", "less diluted", "undiluted", "another", "strength lost"],
)
def test_a_changed_mix_is_asked_again(changed):
    findings = found(changed, context=replace(SIGNED, recipe=RECIPE))
    assert "pair_incompatible" in codes(findings, "warn")


def test_a_smaller_batch_of_the_same_recipe_is_still_that_recipe():
    half = [of("diclofenac", "0.5"), of("lidocaine", "0.5"), of("sodium-chloride", "1.5")]
    assert not codes(found(half, context=replace(SIGNED, recipe=RECIPE)), "warn", "block")


def test_a_finding_nobody_saw_at_the_approval_is_not_settled():
    old = replace(RECIPE, accepted=frozenset())
    assert "pair_incompatible" in codes(found(PAIN, context=replace(SIGNED, recipe=old)), "warn")


def test_no_approval_settles_a_block_or_a_patient():
    blocked = [of("vitamin-c"), of("selenium")]
    recipe = ApprovedRecipe("v1", "Dr Marchetti", date(2025, 1, 7), tuple(blocked))
    assert "pair_incompatible" in codes(found(blocked, context=replace(SIGNED, recipe=recipe)), "block")
    context = replace(SIGNED, recipe=RECIPE)
    assert "allergy" in codes(found(PAIN, patient=allergic("aspirin", "nsaid"), context=context), "block")
    assert "drug_interaction" in codes(
        found(PAIN, patient=taking(("apixaban", {"anticoagulants"})), context=context), "warn"
    )


# Gate


def test_stock_stops_at_the_needle():
    today = NOON.date()
    for lot, code in (
        (Lot("A", date(2025, 2, 2)), "lot_expired"),
        (Lot("A", date(2026, 1, 1), "quarantined"), "lot_quarantined"),
        (Lot("A", date(2026, 1, 1), "recalled"), "lot_recalled"),
        (Lot("A", left_ml=Decimal("0.9")), "lot_insufficient"),
    ):
        finding = only(found([of("zinc", lot=lot)]), code)
        assert (finding.severity, finding.subjects) == ("block", ("A",))
    assert not codes(found([of("zinc", lot=Lot("A", today, left_ml=1))]), "block", "warn")
    two = [of("zinc", lot=Lot("A", left_ml=Decimal("1.5"))), of("zinc", lot=Lot("A", left_ml=Decimal("1.5")))]
    assert only(found(two), "lot_insufficient").severity == "block"


def test_each_pack_gives_no_more_than_is_left_in_it():
    lot = Lot("A", left_ml=Decimal(4))
    pair = [of("zinc", "2", lot=lot, packs=(Pack(left_ml=Decimal(2)),)) for _pack in range(2)]
    assert "lot_insufficient" not in codes(found(pair))
    assert only(found([of("zinc", "2.1", lot=lot, packs=(Pack(left_ml=Decimal(2)),))]), "lot_insufficient").fix == "lot"
    assert "lot_insufficient" not in codes(found([of("zinc", "3", lot=lot, packs=(Pack(left_ml=2), Pack(left_ml=2)))]))


def test_one_fact_is_one_line_even_when_two_components_share_a_lot():
    lot = Lot("A", date(2025, 2, 2))
    assert len([each for each in found([of("zinc", lot=lot), of("zinc", lot=lot)]) if each.code == "lot_expired"]) == 1


def test_an_opened_pack_serves_one_patient_within_its_time():
    shared = found([of("zinc", packs=(Pack(opened_for_another=True),))])
    late = found([of("zinc", packs=(Pack(discard_at=NOON),))])
    assert codes(shared, "block") == {"container_shared"}
    assert codes(late, "block") == {"container_expired"}


@pytest.mark.parametrize(
    ("gate", "code", "severity"),
    [
        (Gate(consent="missing"), "consent_missing", "block"),
        (Gate(consent="outdated"), "consent_outdated", "block"),
        (Gate(licence_expires_on=date(2025, 2, 2)), "licence_expired", "block"),
        (Gate(beyond_use_at=NOON), "beyond_use_passed", "block"),
        (Gate(protocol_status="restricted"), "protocol_unavailable", "block"),
        (Gate(timing="forbidden"), "outside_window", "block"),
        (Gate(timing="reassess"), "reassessment_needed", "block"),
        (Gate(timing="early"), "interval_early", "warn"),
        (Gate(timing="late"), "interval_late", "note"),
    ],
)
def test_the_gate_stands_before_the_needle(gate, code, severity):
    assert only(found([of("zinc")], context=replace(SIGNED, gate=gate)), code).severity == severity


def test_an_open_gate_says_nothing():
    gate = Gate("ok", NOON.date(), "inside", NOON.replace(hour=13), "restricted", "PCDC", protocol_enabled=True)
    assert not codes(found([of("zinc")], context=replace(SIGNED, gate=gate)), "block", "warn")


def test_nobody_injects_where_it_is_forbidden():
    eyelid, jaw = Zone("eyelid", forbid="hard"), Zone("mandibular-margin", forbid="hard:deoxycholic-acid")
    assert "zone_forbidden" in codes(found([of("zinc")], context=replace(SIGNED, zones=(eyelid,))), "block")
    assert "zone_forbidden" in codes(found([of("deoxycholic-acid")], context=replace(SIGNED, zones=(jaw,))), "block")
    assert "zone_forbidden" not in codes(found([of("zinc")], context=replace(SIGNED, zones=(jaw,))))


def test_depth_is_asked_about_when_it_leaves_the_protocol_or_burns_the_skin():
    outside = replace(SIGNED, depth_mm=Decimal(3), protocol_depth_mm=(Decimal("0.5"), Decimal(2)))
    assert only(found([of("zinc")], context=outside), "depth_forbidden").severity == "warn"
    assert (
        "necrosis"
        in only(found([of("deoxycholic-acid")], context=replace(SIGNED, depth_mm=2)), "depth_forbidden").message
    )


# The answer as a whole


def test_the_melasma_check_answers_in_the_components_own_units():
    result = check(
        [of("vitamin-c", "2.0"), of("glutathione", "1.0"), of("sodium-chloride", "1.0")],
        injected_ml=Decimal("3.0"),
        patient=HEALTHY,
        context=SIGNED,
    ).as_dict()
    assert (result["verdict"], result["total_ml"]) == ("ok", "4")
    assert result["components"][0] == {
        "ingredient": "vitamin-c", "unit": "mg", "amount": "200", "final_per_ml": "50", "delivered": "150", "cap": None,
    }  # fmt: skip
    assert [finding["code"] for finding in result["findings"]] == ["no_validated_cap"]


def test_amounts_follow_the_unit_of_the_cap():
    answers = check(
        [of("hyaluronic-acid", "2"), of("hyaluronidase", "1"), of("lidocaine", "1")], patient=Patient(weight_kg=50)
    )
    shown = [(each.unit, each.as_dict()["amount"], each.as_dict()["cap"]) for each in answers.components]
    assert shown == [("mL", "2", "3"), ("U", "150", "300"), ("mg", "10", "225")]


def test_everything_that_fails_is_shown_at_once_hardest_first():
    patient = Patient(
        weight_kg=59,
        allergies=(Allergy("soy", frozenset({"soy"})),),
        conditions=(Condition("breastfeeding"), Condition("body-dysmorphic-concern")),
    )
    gate = Gate(protocol_status="restricted", protocol_name="localised-fat-pcdc-4")
    context = clinic(signed=True, indication="localised-fat", gate=gate)
    findings = found([of("phosphatidylcholine"), of("sodium-deoxycholate")], patient=patient, context=context)
    told = [each.code for each in findings if each.interrupts]
    assert told == [
        "protocol_unavailable", "ingredient_restricted", "ingredient_restricted", "allergy", "contraindication",
        "pair_incompatible", "referral_needed",
    ]  # fmt: skip
    breastfeeding = only(findings, "contraindication")
    assert set(breastfeeding.subjects) == {"phosphatidylcholine", "sodium-deoxycholate", "breastfeeding"}
    assert only(findings, "allergy").override == breastfeeding.override == "none"


def test_a_note_leaves_the_verdict_ok():
    assert check([of("zinc")], patient=HEALTHY, context=SIGNED).verdict == "ok"
    assert check([], patient=HEALTHY, context=SIGNED).verdict == "ok"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Vitamin C 100 mg/mL", "Vitamin C"),
        ("Deoxycholic acid 10 mg/mL (Kybella/Belkyra)", "Deoxycholic acid"),
        ("Sodium chloride 0.9% (diluent)", "Sodium chloride"),
        ("DMAE", "DMAE"),
    ],
)
def test_sentences_name_substances_without_their_strength(name, short):
    assert short_name(name) == short


@given(st.lists(st.sampled_from(sorted(SUBSTANCES)), min_size=1, max_size=6), st.randoms())
def test_the_order_of_components_changes_nothing_but_the_order(slugs, random):
    patient = with_condition("breastfeeding", "epilepsy", weight_kg=60)
    one = found([of(slug) for slug in slugs], patient=patient)
    random.shuffle(slugs)
    other = found([of(slug) for slug in slugs], patient=patient)
    assert {(each.key, each.severity) for each in one} == {(each.key, each.severity) for each in other}


@given(st.lists(st.sampled_from(sorted(SUBSTANCES)), min_size=1, max_size=6))
def test_every_finding_is_a_sentence_with_a_source_in_the_agreed_order(slugs):
    findings = found([of(slug) for slug in slugs], patient=with_condition("breastfeeding", weight_kg=None))
    ranks = [(-each.severity.hardness, ORDER.index(each.code)) for each in findings]
    assert ranks == sorted(ranks)
    assert all(each.message[0].isupper() and each.source and "%(" not in each.message for each in findings)


@given(st.sampled_from(sorted(SUBSTANCES)), st.sampled_from(sorted(SUBSTANCES)))
def test_adding_a_component_never_hides_a_block(slug, other):
    alone = {each.code for each in found([of(slug)]) if each.severity == "block"}
    assert alone <= {each.code for each in found([of(slug), of(other)]) if each.severity == "block"}
