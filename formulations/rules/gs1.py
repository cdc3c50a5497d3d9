"""What a scanner types: a plain lot number, or a GS1 code with product, expiry and lot in it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

FNC1 = "\x1d"
_SYMBOLOGY = re.compile(r"^\](?:C1|d2|Q3|e0)")
_BRACKETS = re.compile(r"\((\d{2})\)([^(]*)")
_FIXED = {"01": 14, "11": 6, "15": 6, "17": 6}
_OPEN = ("10", "21")
_LONGEST = 20


@dataclass(frozen=True)
class Scan:
    """What was read: the lot's number, and the product (GTIN) and expiry where the code carries them."""

    lot: str
    gtin: str = ""
    expires_on: date | None = None


def read(text: str) -> Scan:
    """Read what a keyboard wedge or a person typed; whatever is not a GS1 code is a lot number as it stands."""
    plain = _SYMBOLOGY.sub("", text.strip(" \r\n\t"))
    pairs = dict(_BRACKETS.findall(plain)) if plain.startswith("(") else _elements(plain)
    if not pairs or "10" not in pairs:
        return Scan(lot=plain.strip(FNC1 + " "))
    return Scan(lot=pairs["10"].strip(), gtin=pairs.get("01", ""), expires_on=_day(pairs.get("17", "")))


def _elements(text: str) -> dict[str, str]:
    """The element strings of a code without brackets: fixed lengths, or up to the separator; {} if it is none."""
    found: dict[str, str] = {}
    rest = text.lstrip(FNC1)
    if not re.match(r"01\d{14}", rest):
        return {}
    while rest:
        mark, rest = rest[:2], rest[2:]
        if mark in _FIXED:
            value, rest = rest[: _FIXED[mark]], rest[_FIXED[mark] :]
            if len(value) < _FIXED[mark] or not value.isdecimal():
                return {}
        elif mark in _OPEN:
            value, _separator, rest = rest.partition(FNC1)
            if not 0 < len(value) <= _LONGEST:
                return {}
        else:
            return {}
        found[mark] = value
        rest = rest.lstrip(FNC1)
    return found


def _day(text: str) -> date | None:
    """YYMMDD as a day; day 00 is the last of its month. Expiries lie in this century."""
    if not re.fullmatch(r"\d{6}", text):
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
