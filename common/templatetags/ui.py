"""What pages need to speak plainly: icons, numbers with their unit, moments with their zone."""

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from common.dates import zone_of
from common.decimals import half_up, plain
from common.forms import new_key

register = template.Library()
ICONS = Path(settings.BASE_DIR) / "node_modules" / "lucide-static" / "icons"
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_NAME = re.compile(r"[a-z0-9-]+\Z")
NARROW_SPACE = "\u202f"


@lru_cache(maxsize=512)
def shapes_of(name: str) -> str:
    """Give the drawing of an icon; an icon that is not installed draws nothing."""
    path = ICONS / f"{name}.svg"
    if not _NAME.match(name) or not path.is_file():
        return ""
    match = _SHAPES.search(path.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", match.group(1)).strip() if match else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon: silent beside words, spoken when it stands alone and has a label."""
    shapes = mark_safe(shapes_of(str(name)))
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, shapes)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', shapes)


@register.simple_tag
def idempotency_key() -> SafeString:
    """Give a hand-written form its key, so that a double tap sends it once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', new_key())


@register.filter
def number(value: Any, unit: str = "") -> SafeString | str:
    """Write a decimal in the reader's language, without trailing zeros, its unit never far: 0.5 mL."""
    if value is None or value == "":
        return ""
    exact = half_up(value, 6) if isinstance(value, Fraction) else Decimal(str(value))
    text = plain(exact).replace(".", formats.get_format("DECIMAL_SEPARATOR"))
    if not unit:
        return text
    return format_html('<span class="nowrap">{}{}<span class="unit">{}</span></span>', text, NARROW_SPACE, unit)


@register.filter
def money(value: Any, currency: str = "") -> SafeString | str:
    """Write an amount with its two decimals and its currency: 115.00 EUR."""
    if value is None or value == "":
        return ""
    text = formats.number_format(half_up(Decimal(str(value)), 2), decimal_pos=2, use_l10n=True, force_grouping=True)
    return format_html('<span class="nowrap">{}\xa0{}</span>', text, currency) if currency else text


STYLES = {"datetime": "D j M, H:i", "date": "D j M Y", "day": "j M Y", "time": "H:i", "full": "l j F Y, H:i"}


@register.simple_tag(takes_context=True)
def moment(context: Any, at: datetime | None, zone: Any = None, style: str = "datetime") -> SafeString | str:
    """Show a moment as the clock of a place shows it (else the clinic's); the zone stands in the title."""
    if at is None:
        return ""
    zone = zone or getattr(getattr(context.get("request"), "clinic", None), "time_zone", None)
    local = at.astimezone(zone_of(zone)) if zone else timezone.localtime(at)
    shown = formats.date_format(local, STYLES.get(style, style))
    zone_name = f"{local.tzname()}, {zone}" if zone else local.tzname()
    title = f"{formats.date_format(local, STYLES['full'])} ({zone_name})"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), title, shown)


@register.simple_tag
def day(on: date | None, style: str = "date") -> SafeString | str:
    """Show a calendar day, which has no zone."""
    if on is None:
        return ""
    shown = formats.date_format(on, STYLES.get(style, style))
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), shown)


@register.filter
def years_since(on: date | None, today: date | None = None) -> int | str:
    """Count whole years from a birthday to today."""
    if on is None:
        return ""
    today = today or timezone.localdate()
    return today.year - on.year - ((today.month, today.day) < (on.month, on.day))


@register.filter
def initials(name: Any) -> str:
    """Shorten a name to at most two letters, for a round mark."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def tone_icon(tone: str) -> str:
    """Name the icon that says with a shape what a tone says with a colour."""
    return TONE_ICONS.get(str(tone), "info")


TONE_ICONS = {
    "danger": "octagon-alert",
    "block": "octagon-alert",
    "error": "octagon-alert",
    "warn": "triangle-alert",
    "warning": "triangle-alert",
    "ok": "circle-check",
    "success": "circle-check",
    "info": "info",
    "note": "info",
    "accent": "bookmark",
    "unchecked": "circle-help",
}


@register.simple_tag
def language_code() -> str:
    """Give the language that the page is written in, as HTML wants it."""
    return (get_language() or settings.LANGUAGE_CODE).replace("_", "-")


@register.filter
def field_of(form: Any, name: str) -> Any:
    """Reach a field of a form by its name."""
    return form[name]


BOARD = (704, 200)


@register.filter
def signature_svg(strokes: Any) -> SafeString | str:
    """Draw strokes [[[x, y, ms, pressure], …], …] of the signing board as lines that print sharply."""
    lines = []
    for stroke in strokes or []:
        points = [f"{float(point[0]):.1f},{float(point[1]):.1f}" for point in stroke]
        if len(points) == 1:
            points *= 2
        lines.append(format_html('<polyline points="{}"/>', " ".join(points)))
    if not lines:
        return ""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMax meet" fill="none" '
        'stroke="#12302e" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        *BOARD,
        mark_safe("".join(lines)),
    )
