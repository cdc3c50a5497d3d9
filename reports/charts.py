"""Drawings of figures, as SVG from the server: pure functions of plain values. The table beside says the same."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.decimals import plain

WIDTH, VALUE = 420, 110
WORDS, BAR, GAP, TOP = 18, 16, 14, 4
MOST = 12
LONGEST = 48


def bars(values: Sequence[tuple[Any, Any]], *, most: Any = None, unit: str = "") -> SafeString | str:
    """Draw one bar for each named value, the longest as wide as there is room; nothing is drawn of nothing.

    `most` is what a full bar stands for, where that is not the largest value (100 for percentages).
    """
    drawn = [(str(label), Decimal(value)) for label, value in values[:MOST] if value is not None]
    full = Decimal(most if most is not None else max((value for _label, value in drawn), default=0))
    if full <= 0:
        return ""
    height = TOP * 2 + len(drawn) * (WORDS + BAR + GAP) - GAP
    rows = format_html_join("", "{}", ((_bar(place, *each, full, unit),) for place, each in enumerate(drawn)))
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>', WIDTH, height, rows
    )


def _bar(place: int, label: str, value: Decimal, full: Decimal, unit: str) -> SafeString:
    y = TOP + place * (WORDS + BAR + GAP)
    width = max(int((WIDTH - VALUE) * min(value / full, Decimal(1))), 1 if value > 0 else 0)
    short = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
    return format_html(
        '<text class="axis" x="0" y="{}">{}</text>'
        '<rect class="bar" x="0" y="{}" width="{}" height="{}" rx="3"/><text class="value" x="{}" y="{}">{}</text>',
        y + WORDS - 6,
        short,
        y + WORDS,
        width,
        BAR,
        width + 8,
        y + WORDS + 13,
        f"{plain(value)}{unit}",
    )
