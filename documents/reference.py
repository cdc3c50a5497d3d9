"""The default words of the papers, read from this app's own files."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "data"
LANGUAGES = ("en", "fr", "es")
DEFAULTS = ("consent", "aftercare", "decline", "receipt")
VERSION = "1"
_SECTION = re.compile(r"^\[([a-z_]+)\] (.+)$", re.MULTILINE)


@lru_cache(maxsize=16)
def _source(kind: str, language: str) -> str:
    return (FOLDER / f"{kind}.{language}.html").read_text(encoding="utf-8")


def words(kind: str, language: str) -> dict[str, Any]:
    """Read the default words of one paper in one language: its title and its sections, in order."""
    head, *parts = _SECTION.split(_source(kind, language))
    title = head.strip().removeprefix("title:").strip()
    sections = [
        {"key": key, "heading": heading.strip(), "body": text.strip()}
        for key, heading, text in zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    ]
    return {"title": title, "sections": sections}
