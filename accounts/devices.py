"""A shared tablet and the browser session on it: full log-ins of the day, the screen that is locked, the PIN."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse
from django.utils import timezone

from accounts import tokens
from accounts.access import membership_of
from accounts.actions import devices
from accounts.models import DeviceLogIn, Membership, Pin
from accounts.rules import pins as rules

COOKIE = "__Host-device" if settings.IN_PRODUCTION else "device"
COOKIE_SECONDS = 24 * 60 * 60
LOCKED = "locked"
KEPT = timedelta(days=2)
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def device_of(request: Any) -> str:
    """Give the hash under which this browser is known; none before the first log-in on it."""
    secret = request.COOKIES.get(COOKIE, "")
    return tokens.digest(secret) if secret else ""


def entered(request: Any, response: HttpResponse) -> HttpResponse:
    """Note a full log-in on this device, and let the browser know itself again for a day."""
    secret = request.COOKIES.get(COOKIE) or tokens.new_secret()[0]
    used = {record.get("method") for record in get_authentication_records(request, request.user)}
    membership = membership_of(request)
    request.session["seen_at"] = timezone.now().timestamp()
    devices.enter(
        request.user,
        device=tokens.digest(secret),
        with_second_factor="mfa" in used,
        clinic=membership.clinic if membership else None,
        by=request.user,
        at=timezone.now(),
    )
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def left(request: Any) -> None:
    """Note that somebody logs out here, whereafter their PIN opens nothing on this device."""
    log_in = DeviceLogIn.objects.on(device_of(request)).filter(user=request.user).first()
    if log_in is not None:
        membership = membership_of(request)
        clinic = membership.clinic if membership else None
        devices.leave(log_in, clinic=clinic, by=request.user, at=timezone.now())


def against_pin(request: Any, membership: Membership, at: datetime) -> list[Any]:
    """List what stands against a member using their PIN on this device now."""
    user = membership.user
    log_in = DeviceLogIn.objects.on(device_of(request)).filter(user=user).first()
    pin = Pin.objects.filter(user=user).first()
    return rules.use_pin.reasons_against(user, log_in, pin=pin, zone=membership.clinic.time_zone, at=at)


def people_here(request: Any, at: datetime) -> list[Membership]:
    """List the members whose PIN opens this screen now, whoever is logged in first."""
    users = [log_in.user_id for log_in in devices.on_device(request.clinic, device_of(request))]
    members = request.clinic.memberships.active().filter(user_id__in=users).with_person().select_related("clinic")
    usable = [member for member in members if not against_pin(request, member, at)]
    return sorted(usable, key=lambda member: member.user_id != request.user.pk)


def forget_old(at: datetime) -> int:
    """Drop log-ins on devices that are of no day any more."""
    return DeviceLogIn.objects.before(at - KEPT).delete()[0]


def proved(request: Any, method: str) -> None:
    """Count a PIN or password that was just shown as a fresh confirmation."""
    record_authentication(request, request.user, method=method, reauthenticated=True)


def confirmed_fully(request: Any) -> bool:
    """Say whether the password, a passkey or a code was shown in the last five minutes; a PIN does not count here."""
    oldest = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record.get("method") in ("password", "mfa") and record.get("at", 0) > oldest for record in records)


# -- the screen that is locked in place ---------------------------------------------------------------------------


def cover(request: Any, *, back: str, timers: Iterable[dict[str, Any]] = (), open_to: Iterable[str] = ()) -> None:
    """Lock this browser session: but for the paths it stays open to, it answers nothing until a PIN is shown.

    Timers run on; they are kept as words without names.
    """
    request.session[LOCKED] = {"back": back, "timers": list(timers), "open_to": list(open_to)}
    devices.lock(request.membership, by=request.user, at=timezone.now())


def covered(request: Any) -> dict[str, Any]:
    """Give what is known of the lock; empty while the screen is open."""
    return request.session.get(LOCKED) or {}


def uncover(request: Any, *, method: str) -> None:
    """Open the screen again for the person who was at it."""
    request.session.pop(LOCKED, None)
    proved(request, method)
    request.session["seen_at"] = timezone.now().timestamp()
    devices.unlock(request.membership, by=request.user, at=timezone.now())


def hand_over(request: Any, membership: Membership) -> None:
    """Let another member go on at this screen: a new session with their rights, as old as their log-in of today."""
    at, device = timezone.now(), device_of(request)
    log_in = DeviceLogIn.objects.on(device).get(user=membership.user)
    request.session.pop(LOCKED, None)
    login(request, membership.user, backend=BACKEND)
    request.session["clinic_id"] = membership.clinic_id
    request.session["began_at"], request.session["seen_at"] = log_in.at.timestamp(), at.timestamp()
    proved(request, "pin")
    devices.hand_over(membership, by=membership.user, at=at)
