"""All that the words of a paper may use: conditions, loops, some ways to write a value. Nothing loads, nothing runs."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.template import defaultfilters, defaulttags
from django.utils import formats
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language

from common.dates import zone_of
from common.decimals import half_up, plain

register = template.Library()
register.tag("if", defaulttags.do_if)
register.tag("for", defaulttags.do_for)
register.tag("with", defaulttags.do_with)
register.tag("comment", defaulttags.comment)
for written in ("capfirst", "default", "first", "join", "last", "length", "lower", "upper", "yesno", "pluralize"):
    register.filter(written, getattr(defaultfilters, written))


def _day_format() -> str:
    return "j F Y" if (get_language() or "en").startswith("en") else "DATE_FORMAT"


@register.filter
def day(value: Any) -> str:
    """Write an ISO day, or a day's moment, the way the paper's language does: 7 December 2026."""
    on = value if isinstance(value, date) else parse_date(str(value)[:10]) if value else None
    return formats.date_format(on, _day_format()) if on else ""


@register.filter
def moment(value: Any, zone: str = "UTC") -> str:
    """Write an ISO moment as the clock of a place shows it."""
    at = value if isinstance(value, datetime) else parse_datetime(str(value)) if value else None
    if at is None or at.tzinfo is None:
        return ""
    local = at.astimezone(zone_of(zone or "UTC"))
    return f"{formats.date_format(local, _day_format())}, {formats.date_format(local, 'H:i')}"


@register.filter
def number(value: Any, unit: str = "") -> str:
    """Write a decimal with the language's own mark and without trailing zeros, its unit beside it."""
    try:
        text = plain(Decimal(str(value)))
    except InvalidOperation:
        return str(value)
    text = text.replace(".", formats.get_format("DECIMAL_SEPARATOR"))
    return f"{text}\xa0{unit}" if unit else text


@register.filter
def money(value: Any, currency: str = "") -> str:
    """Write an amount with two decimals and its currency."""
    try:
        amount = half_up(Decimal(str(value)), 2)
    except InvalidOperation:
        return str(value)
    text = formats.number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"{text}\xa0{currency}" if currency else text
