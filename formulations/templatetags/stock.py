"""What the pages of catalogue and stock share: tabs, the tones of states, and what reads better in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Permission, may
from formulations.models import Lot

register = template.Library()


@dataclass(frozen=True)
class Tab:
    """One list of the section."""

    label: str | Promise
    url_name: str
    permission: Permission
    icon: str


TABS = (
    Tab(_("Lots"), "formulations:lot_list", Permission.VIEW_STOCK, "package"),
    Tab(_("Products"), "formulations:product_list", Permission.VIEW_STOCK, "pill-bottle"),
    Tab(_("Recipes"), "formulations:formulation_list", Permission.VIEW_CATALOGUE, "flask-conical"),
    Tab(_("Substances"), "formulations:ingredient_list", Permission.VIEW_CATALOGUE, "book-open"),
    Tab(_("Incompatibilities"), "formulations:pair_rule_list", Permission.VIEW_CATALOGUE, "circle-slash"),
)
STATUS_TONES = {"active": "ok", "inactive": "warn", "restricted": "warn", "prohibited": "danger", "withdrawn": "danger"}
STATE_TONES = {"active": "ok", "quarantined": "warn", "recalled": "danger"}
MIX_TONES = {"drawn": "info", "checked": "info", "reconciled": "ok", "discarded": "warn"}
REVIEW_TONES = {"proposed": "warn", "approved": "ok", "retired": "plain"}
SEVERITY_TONES = {"block": "danger", "warn": "warn", "note": "info"}


@register.inclusion_tag("components/tabs.html", takes_context=True)
def stock_tabs(context: dict[str, Any], current: str) -> dict[str, Any]:
    """The lists of the section, with the one that is open."""
    request = context["request"]
    tabs = [
        {
            "label": tab.label,
            "icon": tab.icon,
            "url": reverse(tab.url_name),
            "current": tab.url_name == f"formulations:{current}",
        }
        for tab in TABS
        if may(request.membership, tab.permission)
    ]
    return {"tabs": tabs, "label": _("Stock")}


@register.simple_tag(takes_context=True)
def allowed(context: dict[str, Any], *permissions: str) -> bool:
    """Whether the member holds one of the permissions, so that a button is not shown in vain."""
    membership = context["request"].membership
    return any(may(membership, Permission(permission)) for permission in permissions)


@register.filter
def status_tone(status: str) -> str:
    """How a substance's status, a lot's, a mix's or a recipe's state looks."""
    return {**STATUS_TONES, **STATE_TONES, **MIX_TONES, **REVIEW_TONES, **SEVERITY_TONES}.get(str(status), "plain")


@register.filter
def days_until(day: date, today: date) -> int:
    """Whole days from today to a day; negative once it is past."""
    return (day - today).days


@register.filter
def lot_condition(lot: Lot, today: date) -> dict[str, Any]:
    """What stands behind a lot in one word: its state, or that it has expired, is empty or about to expire."""
    if lot.state != "active":
        return {"tone": STATE_TONES[lot.state], "label": lot.get_state_display()}
    left = days_until(lot.expires_on, today)
    if left < 0:
        return {"tone": "danger", "label": _("Expired")}
    if lot.balance <= 0:
        return {"tone": "plain", "label": _("Empty")}
    if left <= 60:
        return {"tone": "warn", "label": _("Expires soon")}
    return {"tone": "ok", "label": _("In stock")}


@register.filter
def tokens(values: list[str]) -> str:
    """Tokens of the catalogue as words."""
    return ", ".join(str(value).replace("-", " ") for value in values)


@register.filter
def token(value: str) -> str:
    """One side of a rule as words: class:nsaid is any NSAID, drug:x a medicine the patient takes."""
    kind, colon, name = str(value).partition(":")
    word = (name or kind).replace("-", " ").replace("_", " ")
    if not colon:
        return str(_("any other product")) if kind == "any" else word
    return f"{KINDS.get(kind, kind)} {word}"


KINDS = {
    "class": _("any"),
    "drug": _("patient takes"),
    "syringe": _("in the syringe:"),
    "disinfectant": _("disinfectant"),
}


@register.filter
def of_severity(findings: Any, severities: str) -> list[Any]:
    """The findings of these severities, in the order they came."""
    wanted = severities.split()
    return [finding for finding in findings if str(finding.severity) in wanted]
