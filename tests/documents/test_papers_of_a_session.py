"""The papers of a session as a patient holds them: name and page on each page, lots, evidence, dates."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from documents.models import Document
from documents.tasks import render_due
from tests.factories.treatments import minutes
from treatments.actions import declines
from treatments.models import TreatmentPlan

DAYS = {"en": ("3 February 2025", "10 February 2025"), "fr": ("3 février 2025", "10 février 2025")}
EVIDENCE = {"en": "No controlled trial of vitamin C with glutathione", "fr": "Aucun essai contrôlé de la vitamine C"}
MILLILITRES = {"en": ("1.5 mL", "0.75 mL"), "fr": ("1,5 mL", "0,75 mL")}


def pages_of(file):
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(file)).pages]


def bears_name_and_number(pages, name, number):
    for place, page in enumerate(pages, start=1):
        assert f"{name} · {number}" in page
        assert f"{place} / {len(pages)}" in page
        assert "3 Feb 2025" in page or "Fév 2025" in page or "fév 2025" in page


@pytest.fixture
def papers(settings, tmp_path, plan):
    """papers(kind, language): the pages of the newest paper of a kind."""
    settings.FILES_DIR = tmp_path

    def newest(kind):
        while render_due():
            pass
        return pages_of(Document.objects.filter(kind=kind).latest("pk").file.read())

    return newest


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_consent_and_the_sheet_say_what_was_agreed_and_given(papers, request, plan, patient, language):
    TreatmentPlan.objects.filter(pk=plan.pk).update(language=language, aim="Lighter patches on the cheeks")
    plan.refresh_from_db()
    request.getfixturevalue("signed_session")

    consent, sheet = papers("consent"), papers("aftercare")

    for pages in (consent, sheet):
        bears_name_and_number(pages, patient.full_name, patient.number)
    words = " ".join(consent).replace("- ", "")
    assert EVIDENCE[language] in words
    assert "Lighter patches on the cheeks. " in " ".join(consent)
    given = " ".join(sheet)
    for said in ("VC-2411-07", "GS-2502-03", "NS-2410-61", *MILLILITRES[language], *DAYS[language]):
        assert said in given


def test_the_letter_about_a_declined_request_names_neither_treatment_nor_reason(papers, house, priya, practitioner):
    protocol = house.protocols.current().get(slug="localised-fat-pcdc-4")
    declines.decline(priya, protocol=protocol, instead=["wait"], note="", by=practitioner, at=minutes(5))

    letter = papers("decline")

    bears_name_and_number(letter, priya.full_name, priya.number)
    assert "Wait, and look again later" in " ".join(letter)
    for secret in ("soy", "breastfeed", "fat", "phosphatidylcholine", protocol.name):
        assert secret.lower() not in " ".join(letter).lower()


def test_the_summary_bears_the_name_and_the_lots(time_machine, as_user, practitioner, signed_session, patient):
    time_machine.move_to(minutes(60), tick=False)
    answer = as_user(practitioner, confirmed=True).post(reverse("reports:patient_summary_file", args=[patient.pk]))

    pages = pages_of(answer.content)

    bears_name_and_number(pages, patient.full_name, patient.number)
    for lot in ("VC-2411-07", "GS-2502-03", "NS-2410-61"):
        assert lot in " ".join(pages)
