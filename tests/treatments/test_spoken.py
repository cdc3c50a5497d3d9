"""What the reference says to patients is there in their language, with the same figures, and promises nothing."""

import re

import pytest
from django.utils.translation import override

from documents import claims
from documents.models import Document
from tests.cast import NOON
from tests.factories.treatments import finish
from treatments.actions import consents
from treatments.rules import spoken

LANGUAGES = pytest.mark.parametrize("language", spoken.LANGUAGES)
PLAIN = re.compile(r"\d+(?:[.,]\d+)?")


def figures(text):
    """Every number of a text, its decimal mark read either way; small counts may be written out."""
    return sorted(found.replace(",", ".") for found in PLAIN.findall(text))


@LANGUAGES
def test_every_text_of_the_reference_is_said_in_each_language(language):
    assert set(spoken.translations(language)) == {key for key, text in spoken.shipped().items() if text}


@LANGUAGES
def test_a_translated_evidence_note_carries_the_same_figures(language):
    wrong = []
    for key, text in spoken.translations(language).items():
        was = spoken.shipped()[key]
        if key[2] == "evidence_note" and set(figures(was)) - set(figures(text)) - {"50"}:
            wrong.append((key, figures(was), figures(text)))
    assert wrong == []


@LANGUAGES
def test_no_translation_promises_anything(language):
    found = [claim for text in spoken.translations(language).values() for claim in claims.claims_in(text, language)]

    assert found == []


@pytest.mark.parametrize(
    ("language", "said"), [("es", "melasma vuelve"), ("fr", "mélasma revient"), ("en", "comes back")]
)
def test_a_clinics_own_wording_is_never_replaced(language, said):
    key = ("protocol", "melasma-vitc-gsh-6", "evidence_note")
    with override(language):
        shipped = spoken.spoken_of(key[0], key[1], spoken.shipped()[key], key[2])
        own = spoken.spoken_of(key[0], key[1], "What our own doctors found.", key[2])

    assert said in shipped
    assert own == "What our own doctors found."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["Vitamina C 100 mg/mL", "se usa con la intención de aclarar la piel", "El melasma vuelve", "hematoma"]),
        ("fr", ["Vitamine C 100 mg/mL", "censée éclaircir la peau", "Le mélasma revient", "hématome"]),
    ],
)
def test_a_consent_is_wholly_in_the_patients_language(plan, practitioner, language, words):
    consent = consents.present(plan, language=language, by=practitioner, at=NOON)
    payload = consent.document.payload
    text = str(payload)

    assert payload["language"] == language
    for each in words:
        assert each in text
    for english in ("Redness", "is meant to", "off-label: not", "comes back", "sessions, each", "Haematoma"):
        assert english not in text


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "zone"), [("es", "Frente"), ("fr", "Front"), ("en", "Forehead")])
def test_an_aftercare_sheet_names_the_zones_in_the_patients_language(injected_session, practitioner, language, zone):
    plan = injected_session.plan
    type(plan).objects.filter(pk=plan.pk).update(language=language)

    finish(injected_session, by=practitioner)

    paper = Document.objects.filter(kind="aftercare").latest("pk")
    assert zone in paper.payload["zones"]
    assert paper.payload["emergency_phone"] == "112"
