"""A consent on paper: our whole way from payload to sealed bytes, beside WeasyPrint alone on the same page."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

ROUNDS = 7
MOST = 1.3
FEW, MANY = 5, 200
AT = datetime(2026, 12, 7, 9, tzinfo=UTC)
CLINIC = {"name": "Bench Clinic", "time_zone": "Europe/Madrid", "phone": "+34 910 000 000"}


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
        "clinic": CLINIC,
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


def page(pages: int) -> Callable[[], str]:
    """Give the writing of a page: the sheet of advice has one, a consent has three."""
    from documents import reference, rendering

    kind = "aftercare" if pages == 1 else "consent"
    document = {"number": "D-1", "title": kind, "issued_at": AT, "sha256": "a" * 64, "language": "en", "version": "1"}
    body, values = reference.words(kind, "en"), payload(3)
    return lambda: rendering.page_of(body=body, payload=values, kind=kind, document=document)


def alone(html: str) -> bytes:
    """Draw a page with WeasyPrint and nothing of ours but the style sheet and its fonts."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from documents import rendering

    fonts = FontConfiguration()
    style = CSS(string=rendering.style_sheet(), font_config=fonts, url_fetcher=rendering.fetcher())
    drawn = HTML(string=html, url_fetcher=rendering.fetcher())
    return bytes(drawn.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure() -> Iterator[dict[str, Any]]:
    """Measure both ways in turn, and what a worker weighs after many papers."""
    from documents import rendering

    for pages in (1, 3):
        write = page(pages)
        html = write()
        alone(html)
        ours, bare = [], []
        for _round in range(ROUNDS):
            ours.append(seconds(lambda write=write: rendering.pdf_of(write())))
            bare.append(seconds(lambda html=html: alone(html)))
        value, limit = statistics.median(ours) * 1000, statistics.median(bare) * 1000
        yield line(f"pdf_{pages}_page", value, limit, "ms")
    write = page(1)
    weights = []
    for count in (FEW, MANY - FEW):
        for _n in range(count):
            rendering.pdf_of(write())
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
