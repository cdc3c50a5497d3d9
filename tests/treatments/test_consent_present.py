from io import BytesIO

import pytest
from pypdf import PdfReader

from audit.models import Event
from common.refused import Refused
from documents import pdfs
from documents.models import Document
from tests.cast import NOON
from tests.factories import patients as people
from tests.factories.plans import start
from treatments.actions import consents, plans
from treatments.models import Consent


def text_of(consent):
    """What is read on the paper, each run of spaces one space."""
    pages = PdfReader(BytesIO(pdfs.file_of(consent.document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_consent_names_what_is_planned(presented_consent, plan, practitioner):
    payload = presented_consent.document.payload

    assert presented_consent.state == "presented"
    assert [row["name"] for row in payload["ingredients"]] == [
        "Vitamin C 100 mg/mL",
        "Glutathione 150 mg/mL",
        "Sodium chloride 0.9% (diluent)",
    ]
    assert all(row["purpose"] and row["status"] for row in payload["ingredients"])
    assert payload["sessions"] == 6
    assert "4 sessions, each 7 to 10 days" in payload["interval_text"]
    assert payload["practitioner"]["licence_number"] == "T-1"
    assert payload["options"]["photos_record"] is True
    assert payload["options"]["photos_marketing"] is False
    assert [each.ingredient.slug for each in presented_consent.consent_ingredients.order_by("pk")] == [
        "vitamin-c",
        "glutathione",
        "sodium-chloride",
    ]
    assert Event.objects.about(presented_consent).kinds() == ["consent.presented"]


def test_the_evidence_is_printed_word_for_word_and_no_promise_is(presented_consent, plan):
    note = plan.protocol.evidence_note
    shown = [str(section.html) for section in pdfs.sections_of(presented_consent.document)]
    printed = text_of(presented_consent)

    assert presented_consent.document.payload["protocol"]["evidence_note"] == note
    assert any(note in html for html in shown)
    assert note in printed
    assert not any("43" in html for html in shown)
    assert "43 %" not in printed
    assert "43%" not in printed
    assert "internal_note" not in str(presented_consent.document.payload)
    assert "It is possible that nothing improves." in printed


def test_the_price_is_the_plan_s(house, patient, doctor, practitioner):
    plan = start(patient, doctor, price_per_session="115.00")

    payload = consents.present(plan, by=practitioner, at=NOON).document.payload

    assert (payload["price_per_session"], payload["price"], payload["currency"]) == ("115.00", "690.00", "EUR")


def test_a_consent_speaks_the_patient_s_language(house, doctor, practitioner):
    plan = start(people.register(house, by=practitioner, language="fr"), doctor)

    consent = consents.present(plan, by=practitioner, at=NOON)

    assert consent.language == "fr"
    assert consent.document.title.startswith("Consentement")


def test_what_is_not_asked_for_is_not_agreed_to(plan, practitioner):
    consent = consents.present(plan, by=practitioner, at=NOON)

    assert set(consent.options.values()) == {False}
    assert set(consent.options) == set(consents.OPTIONS)


def test_an_ended_plan_needs_no_consent(plan, practitioner):
    plans.discontinue(plan, reason="She moves away", by=practitioner, at=NOON)

    with pytest.raises(Refused, match="has ended"):
        consents.present(plan, by=practitioner, at=NOON)


def test_without_published_words_nothing_is_presented(plan, practitioner):
    plan.clinic.template_versions.update(state="retired")

    with pytest.raises(Refused) as refused:
        consents.present(plan, by=practitioner, at=NOON)

    assert refused.value.code == "template_missing"


def test_a_failure_in_the_middle_leaves_no_paper(plan, practitioner, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("the power went")

    monkeypatch.setattr("treatments.actions.consents.current_substances", broken)
    monkeypatch.setattr("treatments.actions.consents.payload_of", lambda *_args: {"protocol": {"name": "x"}})

    with pytest.raises(RuntimeError):
        consents.present(plan, by=practitioner, at=NOON)

    assert not Consent.objects.exists()
    assert not Document.objects.filter(kind="consent").exists()
