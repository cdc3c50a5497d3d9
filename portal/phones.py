"""The cookie by which a phone is known again, and what it opens: the pages that name no illness and no treatment."""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from accounts import tokens
from patients.actions import portal_phones
from patients.models import PortalAccess, PortalPhone

COOKIE = "__Host-portal" if settings.IN_PRODUCTION else "portal"
SYSTEMS = {
    "iPad": "iPad",
    "iPhone": "iPhone",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "Chromebook",
    "Macintosh": "Mac",
    "Linux": "Linux",
}
BROWSERS = {
    "Edg": "Edge",
    "SamsungBrowser": "Samsung",
    "Firefox|FxiOS": "Firefox",
    "Chrome|CriOS": "Chrome",
    "Safari": "Safari",
}


def known(request: Any, at: datetime) -> PortalPhone | None:
    """Find the phone that holds this cookie, while nobody has forgotten it and its patient's file is open."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    rows = PortalPhone.objects.remembered(at).filter(
        secret_sha256=tokens.digest(secret),
        access__ended_at__isnull=True,
        access__patient__erased_at__isnull=True,
        access__patient__merged_into__isnull=True,
        access__patient__entered_in_error=False,
    )
    return rows.select_related("access__user", "access__patient", "clinic").first()


def stands(pk: int, at: datetime) -> bool:
    """Say whether a phone that opened a session is remembered still."""
    return PortalPhone.objects.remembered(at).filter(pk=pk).exists()


def remember(request: Any, response: HttpResponse, access: PortalAccess, at: datetime) -> PortalPhone:
    """Let this phone be known again for ninety days; what the same browser was known by before is forgotten."""
    earlier = known(request, at)
    if earlier is not None:
        portal_phones.forget(earlier, by=access.user, at=at)
    phone = portal_phones.remember(access, label=label_of(request), by=access.user, at=at)
    response.set_cookie(
        COOKIE,
        phone.secret,  # type: ignore[attr-defined]
        max_age=int(portal_phones.LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return phone


def forget(request: Any, response: HttpResponse, at: datetime) -> None:
    """Forget this very phone, because its user signs out."""
    phone = known(request, at)
    if phone is not None:
        portal_phones.forget(phone, by=phone.access.user, at=at)
    response.delete_cookie(COOKIE, samesite="Lax")


def label_of(request: Any) -> str:
    """Name a phone as its owner would: Safari, iPhone."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS.items() if re.search(mark, agent)), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or "?"
