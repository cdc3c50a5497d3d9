"""What the reference says to patients, in their language: names, purposes and evidence notes, kept as data.

A clinic's own wording is never replaced: a translation stands only for the text that it was made from.
"""

import csv
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from formulations import reference as substances
from treatments import reference as courses

DATA = Path(__file__).parent.parent / "data"
LANGUAGES = ("fr", "es")
FIELDS = {
    "ingredient": ("name", "purpose"),
    "protocol": ("name", "evidence_note"),
    "effect": ("name",),
    "zone": ("name",),
}
Key = tuple[str, str, str]


@cache
def shipped() -> dict[Key, str]:
    """Give every text that the reference says to patients, as it was shipped."""
    rows = {
        "ingredient": substances.ingredients(),
        "protocol": courses.protocols(),
        "effect": substances.effects(),
        "zone": courses.zones(),
    }
    return {
        (kind, row.slug, field): str(getattr(row, field))  # type: ignore[attr-defined]
        for kind, fields in FIELDS.items()
        for row in rows[kind]
        for field in fields
    }


@cache
def translations(language: str) -> dict[Key, str]:
    """Read the translations of one language."""
    with (DATA / f"spoken.{language}.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["slug"], row["field"]): row["text"] for row in csv.DictReader(file)}


def spoken_of(kind: str, slug: str, text: str, field: str = "name") -> str:
    """Say a text of the reference in the language that is spoken now; a clinic's own text stays as it is."""
    language = (get_language() or "en")[:2]
    key = (kind, slug, field)
    if language not in LANGUAGES or shipped().get(key) != text:
        return text
    return translations(language).get(key, text)
