"""Cells of a file that a spreadsheet will open: a number stays a number, a text stays a text and never runs."""

from datetime import date
from decimal import Decimal
from typing import Any

from common.decimals import plain

BOM = "\ufeff"
# A spreadsheet runs a cell that begins so. The apostrophe is among them, so that taking one off gives back any text.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def written(value: Any) -> str:
    """Write a cell so that a number stays a number and a text stays a text, whatever it begins with."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return plain(Decimal(value))
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def read(text: str) -> str:
    """Give back the text of a cell as it was before it was written; an apostrophe of somebody's name stays."""
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text
