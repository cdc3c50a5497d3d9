import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import override

from tests.factories.sources import modules, tree
from tests.portal.conftest import enter

ROOT = Path(settings.BASE_DIR)
LANGUAGES = ["fr", "es"]
FRAME = [
    "components/preferences.html",
    "components/signature.html",
    "components/demo_strip.html",
    "components/dots.html",
]
PAGES = [
    str(path.relative_to(ROOT / "templates")) for path in sorted((ROOT / "templates/portal").glob("*.html"))
] + FRAME


def said_in(name):
    """What a template says in words that are to be translated."""
    nodes = get_template(name).template.nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        yield str(node.filter_expression.var.literal or node.filter_expression.var)
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]


def said_by(path):
    """What a module says in words that are to be translated."""
    for call in ast.walk(tree(path)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_":
            yield call.args[0].value


def catalogue(language):
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as file:
        return {key: text for key, text in gettext.GNUTranslations(file)._catalog.items() if key}


def source(language):
    text = (ROOT / f"locale/{language}/LC_MESSAGES/django.po").read_text()
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', text, re.MULTILINE)
    return {key.replace('\\"', '"'): words.replace('\\"', '"') for key, words in pairs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_portal_is_there_in_each_language(language):
    said = {words for page in PAGES for words in said_in(page)}
    said |= {words for path in modules("portal") for words in said_by(path)}

    assert len(said) > 90
    assert said - set(catalogue(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_is_what_was_written(language):
    assert catalogue(language) == source(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_facts(language):
    holes = re.compile(r"%\(\w+\)s")
    assert [
        key for key, words in catalogue(language).items() if sorted(holes.findall(key)) != sorted(holes.findall(words))
    ] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Your next visit"), ("fr", "Votre prochaine visite"), ("es", "Su próxima visita")]
)
def test_the_portal_speaks_the_patient_s_language(patient, plan, language, words):
    patient.language = language
    patient.save(update_fields=["language"])
    page = enter(patient).get("/portal/home/").content.decode()

    assert f'<html lang="{language}"' in page
    assert words in page
    with override(language):
        assert enter(patient).get("/portal/documents/").status_code == 200
