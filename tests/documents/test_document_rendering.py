import io
import re
import socket

import pytest
from pypdf import PdfReader

from documents import reference, rendering
from documents.pdfs import file_of
from tests.cast import NOON
from tests.factories import documents as papers
from tests.factories.patients import register

PAYLOAD = {"clinic": {"name": "Test Clinic", "time_zone": "Europe/Madrid"}, "patient": {"name": "Ada", "number": "P-1"}}


def pdf(body, payload=PAYLOAD, **more):
    document = {"number": "D-2026-000001", "title": "Paper", "issued_at": NOON, "sha256": "a" * 64, "language": "en"}
    html = rendering.page_of(body=body, payload=payload, kind="letter", document={**document, **more})
    return rendering.pdf_of(html)


def read(content):
    return PdfReader(io.BytesIO(content))


def words(content):
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def fonts(content):
    return {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in read(content).pages
        for font in page["/Resources"]["/Font"].values()
    }


def section(text, heading="Heading"):
    return {"title": "Paper", "sections": [{"key": "one", "heading": heading, "body": text}]}


@pytest.mark.parametrize("kind", reference.DEFAULTS)
@pytest.mark.parametrize("language", reference.LANGUAGES)
def test_our_own_words_hold_nothing_that_a_paper_may_not(kind, language):
    assert rendering.flaws_in(reference.words(kind, language)) == []


@pytest.mark.parametrize("kind", reference.DEFAULTS)
def test_our_words_have_the_same_sections_in_every_language(kind):
    keys = {tuple(part["key"] for part in reference.words(kind, each)["sections"]) for each in reference.LANGUAGES}

    assert len(keys) == 1


@pytest.mark.parametrize(
    "source",
    [
        "{% load static %}",
        "{% include 'base.html' %}",
        "{% url 'home' %}",
        "{% debug %}",
        "{{ name|safe }}",
        "<script>1</script>",
        '<img src="file:///etc/passwd">',
        '<p onclick="x()">text</p>',
        '<p style="color:red">text</p>',
    ],
)
def test_words_that_load_run_or_fetch_something_are_flawed(source):
    assert rendering.flaws_in(section(source))


def test_what_is_filled_in_is_text_and_never_markup():
    [filled] = rendering.sections_of(section("<p>{{ patient.name }}</p>"), {"patient": {"name": "<b>Ada</b>"}}, "en")

    assert filled.html == "<p>&lt;b&gt;Ada&lt;/b&gt;</p>"


def test_a_filled_in_value_cannot_be_a_template():
    [filled] = rendering.sections_of(section("<p>{{ name }}</p>"), {"name": "{{ patient }}{% debug %}"}, "en")

    assert "{{ patient }}{% debug %}" in filled.html


def test_words_cannot_change_the_payload():
    payload = {"patient": {"name": "Ada"}}

    rendering.sections_of(section("<p>{{ patient.clear }}{{ patient.popitem }}</p>"), payload, "en")

    assert payload == {"patient": {"name": "Ada"}}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:1/x.png", "https://example.org/x.png"])
def test_a_paper_reads_no_file_and_no_network(address, monkeypatch):
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, where: opened.append(where))
    with pytest.raises(ValueError, match="disallowed"):
        rendering.fetcher().fetch(address)

    markup = f'<p>Still here</p><img src="{address}"><link rel="stylesheet" href="{address}"><a href="x">y</a>'
    content = rendering.pdf_of(f"<html lang='en'><title>t</title><body>{markup}</body></html>")

    assert "Still here" in words(content)
    assert opened == []
    assert b"/EmbeddedFile" not in content
    assert not any("/Image" in str(page["/Resources"].get("/XObject", "")) for page in read(content).pages)


def test_only_our_own_fonts_are_in_the_bundle():
    with pytest.raises(ValueError, match="not in the bundle"):
        rendering.fetcher().fetch("bundled:../../package.json")
    assert rendering.fetcher().fetch("bundled:figtree-latin-wght-normal.woff2").read()[:4] == b"wOF2"


def test_a_paper_is_set_in_our_font_alone_page_numbers_included():
    text = "".join(
        f"<p>Paragraph {n}. Zażółć gęślą jaźń, señor, œuvre, naïve, 0.5 mL – 37.5 °C.</p>" for n in range(90)
    )
    content = pdf(section(text))

    assert len(read(content).pages) >= 3
    assert {name.split("-")[0] for name in fonts(content)} == {"Figtree"}


def test_every_page_names_patient_number_day_and_page():
    content = pdf(section("<p>A long paragraph of words.</p>" * 120))
    pages = [" ".join(page.extract_text().split()) for page in read(content).pages]

    for place, page in enumerate(pages, start=1):
        assert "Ada · P-1" in page
        assert "3 Feb 2025" in page
        assert "D-2026-000001" in page
        assert f"{place} / {len(pages)}" in page


def test_a_paper_is_made_for_readers_who_do_not_see_it():
    document = read(pdf(section("<p>Text</p>")))

    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert b"pdfuaid" in document.trailer["/Root"]["/Metadata"].get_data()


def test_a_demonstration_says_so_on_every_page():
    demo = {**PAYLOAD, "clinic": {**PAYLOAD["clinic"], "is_demo": True}}
    content = pdf(section("<p>A long paragraph of words.</p>" * 90), payload=demo)

    for page in read(content).pages:
        assert "Demonstration: invented people" in page.extract_text()
    assert "Demonstration" not in words(pdf(section("<p>Text</p>")))


def test_a_consent_says_what_the_law_and_fairness_ask(clinic):
    document = papers.issue(clinic, register(clinic, given_name="Amara", family_name="Okonkwo"), "consent")
    text = words(file_of(document))

    for needed in (
        papers.EVIDENCE,
        "not homeopathy",
        "nothing improves",
        "Vitamin C lightens pigment off-label Evidence D pain, redness",
        "Skin can become darker at the points.",
        "sun cream and creams that lighten",
        "doing nothing",
        "withdraw this consent at any time",
        "mycobacteria",
        "6 (every 7 to 10 days)",
        "690.00 EUR",
        "Licence T-1",
        "for my record only Yes",
        "publicity and social media No",
        "Amara Okonkwo, born 29 February 1980",
        document.sha256,
    ):
        assert needed in text, needed
    assert not re.search(r"43\s?%", text)


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        ("en", ["1 of 6, 3 February 2025", "VC-2411-07", "1.5 mL", "call 112", "Spots can come back"]),
        ("fr", ["1 sur 6, 3 février 2025", "VC-2411-07", "1,5 mL", "appelez aussitôt le 112"]),
        ("es", ["1 de 6, 3 de febrero de 2025", "VC-2411-07", "1,5 mL", "llame enseguida al 112"]),
    ],
)
def test_an_aftercare_sheet_speaks_the_patient_s_language_on_one_page(clinic, language, needed):
    document = papers.issue(clinic, register(clinic), language=language)
    content = file_of(document)
    text = words(content)

    assert len(read(content).pages) == 1
    for each in needed:
        assert each in text, each
