"""A paper from claim to seal, beside WeasyPrint alone on the same page; and what a worker weighs after many."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

ROUNDS = 7
MOST = 1.3
FEW, MANY = 5, 200
AT = datetime(2025, 2, 3, 11, tzinfo=UTC)
STROKES = [[[x, 100 + x % 40, x] for x in range(10, 300, 3)]]


def payload(ingredients: int) -> dict[str, Any]:
    """What a consent is filled with; more substances make more pages."""
    substance = {
        "name": "Vitamin C",
        "purpose": "lightens pigment",
        "status": "approved for another use (off-label)",
        "evidence_grade": "D",
        "side_effects": ["pain", "redness", "burning", "bruising"],
    }
    return {
        "patient": {"name": "Amara Okonkwo-Reyes", "number": "P-000123", "born_on": "1986-06-11"},
        "practitioner": {"name": "Dr Elena Marchetti", "profession": "Dermatologist", "licence_number": "DEMO-1001"},
        "protocol": {
            "name": "Melasma course",
            "evidence_grade": "D",
            "evidence_note": "No controlled trial was found.",
        },
        "session": {"ordinal": 1, "total": 6, "on": "2026-12-07"},
        "sessions": 6,
        "price": "690.00",
        "currency": "EUR",
        "ingredients": [substance] * ingredients,
        "options": {"photos_record": True},
    }


def papers(kind: str) -> Iterator[Any]:
    """Issue papers in a clinic of their own: a sheet of advice has one page, a consent with both signatures three."""
    from accounts.actions import members
    from accounts.models import Clinic, User
    from documents.actions import documents, templates

    system = User.objects.system()
    clinic = Clinic.objects.filter(slug="paper").first()
    if clinic is None:
        clinic = members.found(name="Paper", time_zone="Europe/Madrid", slug="paper", by=system, at=AT)
        templates.load_defaults(clinic, by=system, at=AT)
    while True:
        paper = documents.issue(clinic, kind=kind, payload=payload(3), by=system, at=AT)
        signers = ("patient", "practitioner") if kind == "consent" else ()
        for role in signers:
            documents.sign(paper, role=role, strokes=STROKES, sha256=paper.sha256, signer_name=role, by=system, at=AT)
        yield paper


def alone(html: str) -> bytes:
    """Draw a page with WeasyPrint and nothing of ours but the style sheet and its fonts."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from documents import rendering

    fonts = FontConfiguration()
    style = CSS(string=rendering.style_sheet(), font_config=fonts, url_fetcher=rendering.fetcher())
    drawn = HTML(string=html, url_fetcher=rendering.fetcher())
    return bytes(drawn.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))


def made(done: bool) -> None:
    """Insist that the paper was really made, or the figure would be a lie."""
    if not done:
        raise RuntimeError("the paper was not made")


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure() -> Iterator[dict[str, Any]]:
    """Measure both ways in turn, and what a worker weighs after many papers."""
    from documents import pdfs, rendering, tasks

    for kind, pages in (("aftercare", 1), ("consent", 3)):
        issued = papers(kind)
        tasks.render(next(issued))
        ours, bare = [], []
        for _round in range(ROUNDS):
            paper = next(issued)
            html = pdfs.page_of(paper)
            bare.append(seconds(lambda html=html: alone(html)))
            ours.append(seconds(lambda paper=paper: made(tasks.render(paper))))
        yield line(f"pdf_{pages}_page", statistics.median(ours) * 1000, statistics.median(bare) * 1000, "ms")
    weights = []
    html = pdfs.page_of(next(papers("aftercare")))
    for count in (FEW, MANY - FEW):
        for _n in range(count):
            rendering.pdf_of(html)
        weights.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    yield line("pdf_worker_memory", weights[1], weights[0], "MB")


def line(bench: str, value: float, limit: float, unit: str) -> dict[str, Any]:
    ratio = round(value / limit, 3)
    return {
        "bench": bench,
        "value": round(value, 1),
        "limit": round(limit, 1),
        "ratio": ratio,
        "max": MOST,
        "unit": unit,
    }
