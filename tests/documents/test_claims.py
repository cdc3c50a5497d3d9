"""The claim check: what a paper may say, what it may not, in the three languages of our papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import claims, reference
from formulations import reference as substances
from treatments import reference as courses

MUST_PASS = {
    "en": [
        "Results cannot be guaranteed.",
        "This is not a cure.",
        "Liposuction removes fat permanently.",
        "An infection can leave a permanent scar.",
        "The injections are not painless.",
        "There is no guarantee that the result is permanent.",
        "Nothing is without side effects.",
        "Rarely, hair loss at the site can be permanent.",
        "This is not homeopathy.",
        "Natural substances are not therefore safe.",
        "If you have no side effects, come back in a week.",
        "Results, which differ from person to person, cannot be guaranteed.",
        "It is neither painless nor permanent.",
        "The injections sting for a moment.",
        "The benefit is uncertain and may not last.",
    ],
    "fr": [
        "Les résultats ne peuvent pas être garantis.",
        "Ce traitement ne guérit pas.",
        "La liposuccion retire la graisse définitivement.",
        "Une infection peut laisser une cicatrice définitive.",
        "Les injections ne sont pas indolores.",
        "Aucune garantie de résultat n’est donnée.",
        "Aucun traitement n’est sans effet secondaire.",
        "Une perte de vision permanente est possible.",
        "Naturel ne veut pas dire sans danger.",
        "Une cure de six séances est prévue.",
        "Si vous n’avez pas d’effets secondaires, revenez dans une semaine.",
    ],
    "es": [
        "Los resultados no se pueden garantizar.",
        "Este tratamiento no es una cura.",
        "La liposucción elimina la grasa de forma permanente.",
        "Una infección puede dejar una cicatriz permanente.",
        "Las inyecciones no son indoloras.",
        "No hay ninguna garantía de que el resultado sea definitivo.",
        "Ningún tratamiento está libre de efectos secundarios.",
        "Natural no quiere decir seguro.",
        "Las curas de la herida se hacen a diario.",
        "Si no tiene efectos secundarios, vuelva en una semana.",
    ],
}
MUST_FAIL = {
    "en": [
        ("It cures cellulite.", "cure"),
        ("Permanent results.", "permanent"),
        ("Success guaranteed!", "guaranteed"),
        ("The injections are painless.", "painless"),
        ("The treatment has no side effects.", "no_side_effects"),
        ("It is natural, therefore safe.", "natural_safe"),
        ("Not only painless but quick.", "painless"),
        ("Permanent results without scars.", "permanent"),
        ("It is not expensive, and the result is permanent.", "permanent"),
        ("A pain<strong>less</strong> method.", "painless"),
        ("Safe because it is natural.", "natural_safe"),
        ("It works without any risk.", "no_side_effects"),
        ("Pain\u00adless.", "painless"),
        ("GUARANTEED RESULTS", "guaranteed"),
    ],
    "fr": [
        ("Guérit la cellulite.", "cure"),
        ("Des résultats permanents.", "permanent"),
        ("Des résultats définitifs.", "permanent"),
        ("Résultat garanti.", "guaranteed"),
        ("C’est indolore.", "painless"),
        ("Sans douleur.", "painless"),
        ("Aucun effet secondaire.", "no_side_effects"),
        ("Sans effets indésirables.", "no_side_effects"),
        ("C’est naturel, donc sans danger.", "natural_safe"),
        ("Non seulement indolore mais rapide.", "painless"),
    ],
    "es": [
        ("Cura la celulitis.", "cure"),
        ("Resultados permanentes.", "permanent"),
        ("Resultados definitivos.", "permanent"),
        ("Éxito garantizado.", "guaranteed"),
        ("Es indoloro.", "painless"),
        ("Sin dolor.", "painless"),
        ("No tiene efectos secundarios.", "no_side_effects"),
        ("Sin efectos secundarios.", "no_side_effects"),
        ("Es natural, por lo tanto seguro.", "natural_safe"),
        ("No solo indoloro, también rápido.", "painless"),
    ],
}


def pairs(lists):
    return [(language, case) for language, cases in lists.items() for case in cases]


@pytest.mark.parametrize(("language", "sentence"), pairs(MUST_PASS))
def test_what_promises_nothing_passes(language, sentence):
    assert claims.claims_in(sentence, language) == []


@pytest.mark.parametrize(("language", "case"), pairs(MUST_FAIL))
def test_a_promise_is_found_with_its_sentence_and_how_to_mend_it(language, case):
    sentence, kind = case
    found = claims.claims_in(sentence, language)

    assert kind in {claim.kind for claim in found}
    assert all(claim.sentence and str(claim.mending) for claim in found)


@pytest.mark.parametrize(("language", "case"), pairs(MUST_FAIL))
def test_a_promise_is_found_in_the_middle_of_a_paper_too(language, case):
    passing = " ".join(MUST_PASS[language])
    body = {"title": "…", "sections": [{"key": "what", "heading": "…", "body": f"<p>{passing}</p><p>{case[0]}</p>"}]}

    assert {claim.kind for claim in claims.claims_in_body(body, language)} >= {case[1]}


@pytest.mark.parametrize("language", reference.LANGUAGES)
@pytest.mark.parametrize("kind", reference.DEFAULTS)
def test_our_own_papers_promise_nothing(kind, language):
    assert claims.claims_in_body(reference.words(kind, language), language) == []


def test_what_the_reference_says_to_patients_promises_nothing():
    texts = [row.purpose for row in substances.ingredients()] + [row.evidence_note for row in courses.protocols()]

    assert [claim for text in texts for claim in claims.claims_in(text, "en")] == []


def test_what_lasts_may_be_said_of_risks_and_alternatives():
    body = {
        "title": "",
        "sections": [{"key": "alternatives", "heading": "", "body": "Hair removal that is permanent."}],
    }

    assert claims.claims_in_body(body, "en") == []


@given(st.text(max_size=300), st.sampled_from(["en", "fr", "es", "de"]))
def test_any_text_can_be_read(text, language):
    claims.claims_in(text, language)
