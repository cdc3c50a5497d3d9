from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from formulations.actions import packs
from formulations.checks.findings import Finding, Override, Severity
from formulations.forms.mixes import MixForm, OverridesForm
from formulations.rules import packs as open_packs
from tests.cast import NOON
from tests.factories import formulations as stock
from tests.factories import patients

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(reference):
    return stock.melasma_lots(reference)


@pytest.fixture
def sources(reference, shelf, practitioner):
    patient = patients.register(reference)
    packs.open(shelf["vitamin-c"], patient=patient, by=practitioner, at=NOON)
    return open_packs.sources(reference, patient, NOON)


def body(sources, *pairs):
    return {
        name: value
        for number, (source, volume) in enumerate(pairs, 1)
        for name, value in ((f"source_{number}", source), (f"volume_{number}", volume))
    }


def test_the_patients_open_packs_stand_first_then_lots_by_expiry(reference, sources):
    soon = stock.lot(reference, "lidocaine", number="SOON", expires_on=NOON.date())
    lots, opened = open_packs.sources(reference, opened_for(sources), NOON)
    form = MixForm(lots=lots, packs=opened, zone="Europe/Madrid")
    groups = dict(form.fields["source_1"].choices[1:])
    labels = [label for _key, label in groups["Vitamin C 100 mg/mL"]]
    assert labels[0].startswith("Open: Vitamin C 100 mg/mL")
    assert "until 16:00 · use first" in labels[0]
    later = stock.lot(reference, number="LATER", of=soon.product)
    lots, opened = open_packs.sources(reference, opened_for(sources), NOON)
    groups = dict(MixForm(lots=lots, packs=opened).fields["source_1"].choices[1:])
    assert [key for key, _label in groups["Lidocaine 1 %"]] == [f"lot-{soon.pk}", f"lot-{later.pk}"]
    assert "use first" in groups["Lidocaine 1 %"][0][1]


def opened_for(sources):
    return sources[1][0].patient


def test_a_mix_reads_comma_and_point_and_names_its_sources(sources, shelf):
    lots, opened = sources
    vitamin, salt = f"lot-{shelf['vitamin-c'].pk}", f"lot-{shelf['sodium-chloride'].pk}"
    form = MixForm(
        body(sources, (vitamin, "0,02"), (f"pack-{opened[0].pk}", "0.5"), (salt, "1")), lots=lots, packs=opened
    )
    assert form.is_valid(), form.errors
    assert [each["volume_ml"] for each in form.components] == [Decimal("0.02"), Decimal("0.5"), Decimal(1)]
    assert form.components[1]["pack"] == opened[0]
    assert form.total_ml == Decimal("1.52")


@pytest.mark.parametrize(
    ("pairs", "field"),
    [((("lot", ""),), "volume_1"), ((("", "1"),), "source_1"), ((), "__all__"), ((("lot", "x"),), "volume_1")],
)
def test_half_a_line_is_said_where_it_is_missing(sources, shelf, pairs, field):
    lots, opened = sources
    key = f"lot-{shelf['vitamin-c'].pk}"
    form = MixForm(
        body(sources, *((key if source else "", volume) for source, volume in pairs)), lots=lots, packs=opened
    )
    assert not form.is_valid()
    assert field in form.errors


def test_a_foreign_lot_is_no_choice(sources, other_clinic):
    lots, opened = sources
    form = MixForm(body(sources, ("lot-999999", "1")), lots=lots, packs=opened)
    assert "source_1" in form.errors


def test_a_word_is_asked_for_each_finding_that_somebody_may_decide():
    findings = [
        Finding("allergy", Severity.BLOCK, ("soy",), "Allergy to soy.", override=Override.NONE),
        Finding("ph_mismatch", Severity.WARN, ("a", "b"), "Different pH.", override=Override.PRACTITIONER),
        Finding("no_validated_cap", Severity.NOTE, ("a",), "No validated maximum."),
    ]
    form = OverridesForm({"reason_0": "Label or pharmacist consulted", "words_0": "rang them"}, findings=findings)
    assert form.is_valid()
    assert form.overrides == [
        {"code": "ph_mismatch", "reason": "Label or pharmacist consulted: rang them", "subjects": ["a", "b"]}
    ]
    shown = render_to_string(
        "formulations/_findings.html", {"findings": findings, "verdict": "block", "overrides": form}
    )
    assert shown.index("Allergy to soy.") < shown.index("Different pH.") < shown.index("<details")
    assert "No validated maximum." in shown[shown.index("<details") :]


def lines(shelf, *volumes, **more):
    pairs = zip(shelf.values(), volumes, strict=True)
    return body(None, *((f"lot-{lot.pk}", volume) for lot, volume in pairs)) | more


def test_the_diluent_fills_up_to_the_target(sources, shelf):
    lots, opened = sources
    form = MixForm(lines(shelf, "2", "1", "", target_ml="6,0"), lots=lots, packs=opened)
    assert form.is_valid(), form.errors
    assert form.components[2]["volume_ml"] == Decimal(3)
    assert form.fillings == [("Sodium chloride 0.9 %", Decimal(3))]
    assert form.total_ml == Decimal(6)


@pytest.mark.parametrize(
    ("volumes", "target", "field"),
    [
        (("2", "1", "1"), "6", "target_ml"),
        (("4", "3", ""), "6", "target_ml"),
        (("4", "2", ""), "6", "target_ml"),
        (("2", "", "1"), "6", "volume_2"),
        (("2", "", ""), "6", "volume_2"),
    ],
    ids=["too little", "too much", "nothing left for it", "not a diluent", "two empty lines"],
)
def test_a_target_that_the_lines_do_not_make_is_said(sources, shelf, volumes, target, field):
    lots, opened = sources
    form = MixForm(lines(shelf, *volumes, target_ml=target), lots=lots, packs=opened)
    assert not form.is_valid()
    assert field in form.errors


def test_a_word_stays_with_the_finding_it_was_said_of():
    ph = Finding("ph_mismatch", Severity.WARN, ("a", "b"), "Different pH.", override=Override.PRACTITIONER)
    pair = Finding("pair_incompatible", Severity.WARN, ("a", "c"), "Not together.", override=Override.PRACTITIONER)
    said = {"about_0": ph.key, "reason_0": "Label or pharmacist consulted", "words_0": "rang"}

    form = OverridesForm(said, findings=[pair, ph])

    assert form.is_valid()
    assert [(each["code"], each["reason"]) for each in form.overrides] == [
        ("ph_mismatch", "Label or pharmacist consulted: rang")
    ]
