"""Who is at a shared tablet: full log-ins, a screen that is locked and opened, one person after another."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Clinic, DeviceLogIn, Membership, Pin, User
from audit.actions import audited


@audited("device.entered")
def enter(
    user: User, *, device: str, with_second_factor: bool, clinic: Clinic | None = None, by: User, at: datetime
) -> DeviceLogIn:
    """Remember for today that somebody came in fully on this device; a PIN that was locked counts again."""
    Pin.objects.filter(user=user).update(tries=0)
    log_in, _created = DeviceLogIn.objects.update_or_create(
        user=user,
        device=device,
        defaults={
            "with_second_factor": with_second_factor,
            "auth_hash": user.get_session_auth_hash(),
            "at": at,
            "ended_at": None,
        },
    )
    return log_in


@audited("device.left")
def leave(log_in: DeviceLogIn, *, clinic: Clinic | None = None, by: User, at: datetime) -> DeviceLogIn:
    """Somebody logs out: on this device their PIN is worth nothing until they come in again."""
    log_in.ended_at = at
    log_in.save(update_fields=["ended_at"])
    return log_in


@audited("screen.locked")
def lock(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Note that a screen was covered, by hand, after a pause, or before a patient got the tablet."""
    return membership


@audited("screen.unlocked")
def unlock(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Note that the same person went on."""
    return membership


@audited("screen.handed_over")
def hand_over(membership: Membership, *, by: User, at: datetime) -> Membership:
    """Note that from now on this member works at the screen, under their own name and rights."""
    return membership


def on_device(clinic: Clinic, device: str) -> QuerySet[DeviceLogIn]:
    """List the log-ins that people of a clinic have open on a device."""
    members = clinic.memberships.active().values("user_id")
    return DeviceLogIn.objects.on(device).filter(user_id__in=members)
