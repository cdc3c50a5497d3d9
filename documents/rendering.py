"""From frozen words to a sealed page: the words are filled in a sandbox, the page is drawn without reading anything."""

import atexit
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Engine, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

BUNDLED = "bundled:"
_ONE_AT_A_TIME = threading.Lock()
FONTS = ("figtree-latin-wght-normal.woff2", "figtree-latin-ext-wght-normal.woff2")
BLOCKS = ("p", "ul", "ol", "li", "div", "blockquote", "dl", "dt", "dd", "h3")
TABLES = ("table", "thead", "tbody", "tr", "th", "td")
MARKS = ("strong", "em", "br", "span", "sup", "sub")
ALLOWED_ELEMENTS = frozenset(BLOCKS + TABLES + MARKS)
ALLOWED_ATTRIBUTES = frozenset({"class", "colspan", "scope", "lang"})


class Sandbox(Engine):
    """A template engine that knows the words of `paper` and nothing else: no includes, no loads, no addresses."""

    default_builtins = ["documents.templatetags.paper"]


@lru_cache(maxsize=1)
def sandbox() -> Engine:
    """Give the one engine in which the words of papers are filled in."""
    return Sandbox(dirs=[], app_dirs=False, loaders=[], libraries={}, autoescape=True)


@lru_cache(maxsize=256)
def _compiled(source: str) -> Any:
    return sandbox().from_string(source)


@dataclass(frozen=True)
class Section:
    """One part of a paper: its key, its heading and its filled-in text."""

    key: str
    heading: str
    html: SafeString


def title_of(body: Mapping[str, Any], payload: Mapping[str, Any], language: str) -> str:
    """Fill in the title of a paper."""
    with translation.override(language):
        return str(_fill(str(body["title"]), payload)).strip()


def sections_of(body: Mapping[str, Any], payload: Mapping[str, Any], language: str) -> list[Section]:
    """Fill in the words of a paper; a section that comes out empty is left out."""
    with translation.override(language):
        filled = [
            Section(part["key"], str(_fill(part["heading"], payload)), _fill(part["body"], payload))
            for part in body["sections"]
        ]
    return [section for section in filled if section.html.strip()]


def _fill(source: str, payload: Mapping[str, Any]) -> SafeString:
    return mark_safe(_compiled(source).render(Context({name: _still(value) for name, value in payload.items()})))


def _still(value: Any) -> Any:
    """Give a value that can be read and not changed, whatever the words try."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: _still(each) for name, each in value.items()})
    return tuple(_still(each) for each in value) if isinstance(value, list | tuple) else value


def flaws_in(body: Mapping[str, Any]) -> list[str]:
    """List what is wrong with the words of a paper: unknown tags, elements or attributes that a paper may not have."""
    flaws = []
    for part in [{"heading": body.get("title", ""), "body": ""}, *body.get("sections", [])]:
        for source in (part["heading"], part["body"]):
            try:
                sandbox().from_string(source)
            except TemplateSyntaxError as error:
                flaws.append(str(error))
        reader = _Elements()
        reader.feed(part["body"])
        flaws += reader.flaws
    return flaws


class _Elements(HTMLParser):
    """Reads the markup of a section and notes what a paper may not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.flaws: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_ELEMENTS:
            self.flaws.append(f"<{tag}>")
        self.flaws += [f"<{tag} {name}>" for name, _value in attrs if name not in ALLOWED_ATTRIBUTES]


def page_of(
    *,
    body: Mapping[str, Any],
    payload: Mapping[str, Any],
    kind: str,
    document: Mapping[str, Any],
    signatures: Iterable[Any] = (),
) -> str:
    """Write the whole page of a paper as HTML, from frozen values alone.

    `document` carries number, title, language, issued_at (a moment), sha256 and version.
    """
    language = document["language"]
    clinic = dict(payload.get("clinic") or {})
    patient = payload.get("patient") or {}
    context = {
        "document": document,
        "clinic": clinic,
        "patient": {"display_name": patient.get("name", ""), "number": patient.get("number", "")} if patient else None,
        "zone": clinic.get("time_zone") or "UTC",
        "version_number": document.get("version", ""),
        "is_demo": bool(clinic.get("is_demo")),
        "signatures": list(signatures),
        "sections": sections_of(body, payload, language),
        "payload": payload,
        "kind": kind,
    }
    with translation.override(language):
        return render_to_string("documents/paper.html", context)


@lru_cache(maxsize=1)
def bundle() -> dict[str, Path]:
    """Name every file that a page may read: our fonts."""
    folder = Path(settings.NODE_MODULES) / "@fontsource-variable" / "figtree" / "files"
    return {name: folder / name for name in FONTS}


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Read the style sheet of all papers."""
    found = finders.find("documents.css")
    return Path(str(found)).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def fetcher() -> Any:
    """Give the fetcher that reads `data:` and our own bundle, and refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class BundledOnly(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols=["data"], allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(BUNDLED):
                path = bundle().get(url.removeprefix(BUNDLED))
                if path is None:
                    raise ValueError(f"not in the bundle: {url}")
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/woff2"})
            return super().fetch(url, headers)

    return BundledOnly()


@lru_cache(maxsize=1)
def press() -> tuple[Any, Any]:
    """Give fonts and style sheet, read once in a process; one configuration for both, or fonts are lost."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(press.cache_clear)
    fonts = FontConfiguration()
    return fonts, CSS(string=style_sheet(), font_config=fonts, url_fetcher=fetcher(), base_url=None)


def pdf_of(html: str) -> bytes:
    """Draw a page as PDF/UA; one at a time in a process, because the fonts are shared."""
    from weasyprint import HTML

    with _ONE_AT_A_TIME:
        fonts, style = press()
        page = HTML(string=html, url_fetcher=fetcher(), base_url=None)
        return bytes(page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"))
