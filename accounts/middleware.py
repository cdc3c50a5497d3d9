"""What every request carries: the clinic, the member, the clock of the visit, and the trace it leaves."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import devices
from accounts.access import Denied, arrive
from accounts.models import Kind
from audit import actions as audit

IDLE_SECONDS = 15 * 60
LOCKED_SECONDS = 2 * 60 * 60  # behind the PIN; a numbing cream alone takes an hour
LONGEST_SECONDS = 12 * 60 * 60
NOTED_SECONDS = 30  # a click is noted this often, not each time; a log-in may end so much earlier, and never later
POLL_HEADER = "X-Poll"

Handler = Callable[[HttpRequest], HttpResponse]


class SessionClock:
    """End a staff log-in that was idle for 15 minutes or is 12 hours old; polling does not keep it alive.

    A screen that was locked in place answers nothing but its PIN, and waits two hours for it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.kind == Kind.STAFF:
            now = timezone.now().timestamp()
            began = request.session.setdefault("began_at", now)
            seen = request.session.get("seen_at", now)
            covered = devices.covered(request)
            idle = LOCKED_SECONDS if covered else IDLE_SECONDS
            is_due = "seen_at" not in request.session or now - seen >= NOTED_SECONDS
            if now - seen > idle or now - began > LONGEST_SECONDS:
                logout(request)
            elif is_due and not covered and POLL_HEADER not in request.headers:
                request.session["seen_at"] = now
        return self.get_response(request)


class CurrentClinic:
    """Set request.clinic and request.membership, re-checked on each request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        arrive(request)
        request.pin_counts = lambda: (
            request.membership is not None and not devices.against_pin(request, request.membership, timezone.now())
        )
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class SecondFactor:
    """Where the clinic demands it, staff see nothing but the set-up of their second factor until they have one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        user = request.user
        wanted = settings.STAFF_MFA_REQUIRED and user.is_authenticated and user.kind == Kind.STAFF
        request.lacks_second_factor = wanted and not is_mfa_enabled(user)
        if request.lacks_second_factor and not request.path.startswith(("/accounts/", "/static/")):
            # Each showing of that page makes a new secret: a part of another page must not ask for it by the way.
            return redirect("mfa_activate_totp") if is_page(request) else HttpResponse(status=204)
        return self.get_response(request)


def is_page(request: Any) -> bool:
    """Say whether a browser asks for a whole page, and not for a part, a picture or a worker of one."""
    return not request.htmx and request.headers.get("Sec-Fetch-Dest", "document") == "document"


class Locked:
    """A screen that is locked in place answers nothing but its own page, and what it was left open to."""

    OPEN = frozenset({"accounts:locked", "account_logout"})

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        lock = devices.covered(request) if request.user.is_authenticated else {}
        if not lock or request.path in lock["open_to"] or request.resolver_match.view_name in self.OPEN:
            return None
        if getattr(getattr(view, "access", None), "kind", "") == "public":
            return None
        if request.method == "GET" and not request.path.startswith("/api/") and not request.htmx:
            return redirect("accounts:locked")
        raise PermissionDenied(_("This screen is locked. Open it with your PIN first."))


class Trail:
    """Write down, after the response, who saw a chart and who was refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        patient = getattr(request, "chart", None)
        if patient is not None and response.status_code < 300:
            audit.chart_viewed(patient, by=request.user, at=timezone.now(), page=route_of(request))
        if getattr(request, "denied", None):
            audit.denied(
                clinic=getattr(request, "clinic", None),
                by=request.user,
                at=timezone.now(),
                page=route_of(request),
                permission=request.denied,
            )
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        if isinstance(exception, Denied):
            request.denied = str(exception.permission)


def route_of(request: Any) -> str:
    """Name the page by its route, never by its address."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "unknown"
