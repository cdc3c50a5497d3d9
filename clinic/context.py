"""What every page is given: the house itself, where one can go, how the page looks."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.middleware import IDLE_SECONDS
from clinic.navigation import ACCOUNT_MENU, PATIENTS, PORTAL_TABS, RAIL, links

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


def house(request: HttpRequest) -> dict[str, Any]:
    """Give what a page may know of the house itself."""
    return {"is_demo": not settings.IN_PRODUCTION, "product_name": "Mesotherapy Clinic"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the frame of a page: rail, menus, search, appearance, session clock."""
    membership = None if getattr(request, "lacks_second_factor", False) else getattr(request, "membership", None)
    rail = SimpleLazyObject(lambda: links(RAIL, membership, request.path) if membership else [])
    return {
        "navigation": rail,
        "account_menu": SimpleLazyObject(lambda: links(ACCOUNT_MENU, membership, request.path)),
        "portal_tabs": SimpleLazyObject(lambda: links(PORTAL_TABS, None, request.path)),
        "search_url": SimpleLazyObject(lambda: next((link["url"] for link in rail if link["entry"] is PATIENTS), "")),
        "theme": theme_of(request),
        "session_idle_seconds": IDLE_SECONDS,
    }


def theme_of(request: HttpRequest) -> str:
    """Read the chosen appearance from its cookie; anything unknown follows the device."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"
