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
    labels = [label for _key, label in form.fields["source_1"].choices]
    assert labels[1].startswith("Open: Vitamin C 100 mg/mL")
    assert "until 16:00" in labels[1]
    assert soon.number in labels[2]


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
