"""Phones that open the plain pages of the portal for ninety days, until somebody forgets them."""

from datetime import datetime, timedelta

from accounts import tokens
from accounts.models import User
from audit.actions import audited
from patients.models import PortalAccess, PortalPhone

LASTS = timedelta(days=90)
KEPT = timedelta(days=30)


@audited("portal_phone.remembered")
def remember(access: PortalAccess, *, label: str, by: User, at: datetime) -> PortalPhone:
    """Remember a phone for one patient's portal; its secret, on `phone.secret`, goes into the cookie alone."""
    secret, digest = tokens.new_secret()
    phone = PortalPhone.objects.create(
        clinic=access.clinic,
        access=access,
        secret_sha256=digest,
        label=label[:80],
        remembered_at=at,
        seen_at=at,
        expires_at=at + LASTS,
    )
    phone.secret = secret  # type: ignore[attr-defined]
    return phone


@audited("portal_phone.used")
def use(phone: PortalPhone, *, by: User, at: datetime) -> PortalPhone:
    """Open the plain pages by a phone that is remembered."""
    phone.seen_at = at
    phone.save(update_fields=["seen_at"])
    return phone


@audited("portal_phone.forgotten")
def forget(phone: PortalPhone, *, by: User, at: datetime) -> PortalPhone:
    """Forget a phone: from now on it opens nothing, also where the portal stands open on it."""
    phone = PortalPhone.objects.select_for_update(of=("self",)).get(pk=phone.pk)
    if phone.forgotten_at is None:
        phone.forgotten_at, phone.forgotten_by = at, by
        phone.save(update_fields=["forgotten_at", "forgotten_by"])
    return phone


def forget_old(*, by: User, at: datetime) -> int:
    """Let go of phones whose time ran out a month ago."""
    old = list(PortalPhone.objects.filter(expires_at__lt=at - KEPT).select_related("clinic"))
    for phone in old:
        _drop(phone, by=by, at=at)
    return len(old)


@audited("portal_phone.dropped")
def _drop(phone: PortalPhone, *, by: User, at: datetime) -> None:
    PortalPhone.objects.filter(pk=phone.pk).delete()
