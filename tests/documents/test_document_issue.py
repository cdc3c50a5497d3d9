import pytest

from accounts.models import User
from audit.models import Event
from common.refused import Refused
from documents import reference, sealing
from documents.actions import documents, templates
from documents.models import DocumentState, TemplateState
from tests.cast import NOON
from tests.factories import documents as papers
from tests.factories.patients import register


def test_an_issued_paper_has_a_number_and_the_fingerprint_of_what_fills_it(clinic, nurse):
    patient = register(clinic)
    document = papers.issue(clinic, patient, by=nurse)

    assert document.number == "D-2025-000001"
    assert document.payload["patient"]["name"] == patient.full_name
    assert document.payload["clinic"]["name"] == clinic.name
    template = document.template_version.sha256
    assert document.sha256 == sealing.document_sha256(
        document.payload, template_sha256=template, number=document.number
    )
    assert papers.issue(clinic, patient).number == "D-2025-000002"
    assert Event.objects.about(document).kinds() == ["document.issued"]


def test_the_same_words_filled_otherwise_have_another_fingerprint(clinic):
    patient = register(clinic)
    first = papers.issue(clinic, patient, "consent")
    second = papers.issue(clinic, patient, "consent", payload=papers.consent_payload(price="700.00"))

    assert first.sha256 != second.sha256


def test_a_new_version_of_the_words_does_not_touch_what_was_issued(clinic, owner):
    document = papers.issue(clinic, register(clinic))
    before = document.template_version
    body = {**before.body, "title": "New"}
    version = templates.draft(before.template, body=body, language="en", number="2", by=User.objects.system(), at=NOON)
    templates.publish(version, by=owner, at=NOON)

    before.refresh_from_db()
    document.refresh_from_db()
    assert before.state == TemplateState.RETIRED
    assert document.template_version == before
    assert papers.issue(clinic, register(clinic)).template_version == version


def test_words_that_reach_out_are_not_kept(clinic, owner):
    template = papers.with_templates(clinic).document_templates.get(slug="consent")
    body = {"title": "T", "sections": [{"key": "one", "heading": "H", "body": '<img src="https://example.org/x">'}]}

    with pytest.raises(Refused, match="may not"):
        templates.draft(template, body=body, language="en", number="9", by=owner, at=NOON)


def test_our_words_are_loaded_once_and_never_over_those_of_the_clinic(clinic, owner):
    papers.with_templates(clinic)
    papers.with_templates(clinic)

    assert clinic.template_versions.published().count() == len(reference.DEFAULTS) * len(reference.LANGUAGES)
    assert clinic.template_versions.count() == len(reference.DEFAULTS) * len(reference.LANGUAGES)


def test_a_paper_in_a_language_without_words_is_issued_in_that_of_the_clinic(clinic):
    assert papers.issue(clinic, register(clinic), language="de").language == "en"
    assert papers.issue(clinic, register(clinic), language="fr").language == "fr"


def test_a_clinic_without_words_issues_nothing(clinic, owner):
    with pytest.raises(Refused, match="no published words"):
        documents.issue(clinic, kind="aftercare", payload={}, by=owner, at=NOON)


def test_a_paper_that_nobody_signs_is_due_at_once_and_a_consent_is_not(clinic):
    patient = register(clinic)

    assert papers.issue(clinic, patient).render_after == NOON
    assert papers.issue(clinic, patient, "consent").render_after == documents.NOT_YET
    assert papers.issue(clinic, patient).state == DocumentState.ISSUED
