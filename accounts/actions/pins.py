"""The personal PIN of shared tablets: chosen, shown, and locked after five wrong tries."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from accounts.models import MOST_TRIES, Clinic, Pin, User
from accounts.rules import pins as rules
from audit.actions import audited


@audited("pin.chosen")
def choose(user: User, *, digits: str, clinic: Clinic | None = None, by: User, at: datetime) -> Pin:
    """Give oneself a PIN, or another one; only its hash is kept."""
    rules.choose_pin.check(by, user, digits=digits)
    pin, _created = Pin.objects.update_or_create(
        user=user, defaults={"digest": make_password(digits), "tries": 0, "set_at": at}
    )
    return pin


def confirms(user: User, *, digits: str, clinic: Clinic | None = None, by: User, at: datetime) -> bool:
    """Say whether these are somebody's six digits, and count the tries; two tries at once are counted one by one."""
    with transaction.atomic():
        pin = Pin.objects.select_for_update().filter(user=user).first()
        if pin is None or pin.is_locked:
            return False
        if check_password(digits, pin.digest):
            accept(pin, clinic=clinic, by=by, at=at)
            return True
        refuse(pin, clinic=clinic, by=by, at=at)
        return False


@audited("pin.accepted")
def accept(pin: Pin, *, clinic: Clinic | None = None, by: User, at: datetime) -> Pin:
    """Note that the right PIN was shown; the tries begin anew."""
    pin.tries = 0
    pin.save(update_fields=["tries"])
    return pin


@audited("pin.refused")
def refuse(pin: Pin, *, clinic: Clinic | None = None, by: User, at: datetime) -> Pin:
    """Note that a wrong PIN was shown; the fifth locks it until its owner logs in with the password."""
    pin.tries = min(pin.tries + 1, MOST_TRIES)
    pin.save(update_fields=["tries"])
    return pin
