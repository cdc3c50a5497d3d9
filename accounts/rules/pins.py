"""When a PIN may be chosen, and when it counts."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import DeviceLogIn, Pin, User
from common.dates import local_day
from common.refused import Refusal
from common.rules import rule

Clauses = Iterator[tuple[bool, Refusal]]
DIGITS = 6
UP, DOWN = "01234567890", "09876543210"


@rule
def choose_pin(by: User, user: User, *, digits: str) -> Clauses:
    """One chooses one's own PIN, of six digits that nobody guesses first."""
    yield by.pk == user.pk, Refusal("not_allowed", _("Everybody chooses their own PIN."))
    is_six = len(digits) == DIGITS and digits.isascii() and digits.isdigit()
    yield is_six, Refusal("invalid", _("A PIN has six digits."))
    yield (
        not is_six or not _is_easy(digits),
        Refusal("invalid", _("This PIN is too easy to guess: no rows of digits and no repeats.")),
    )


def _is_easy(digits: str) -> bool:
    repeats = len(set(digits)) < 3 or digits[:3] == digits[3:] or digits[:2] * 3 == digits
    return repeats or digits in UP or digits in DOWN


@rule
def use_pin(user: User, log_in: DeviceLogIn | None, *, pin: Pin | None, zone: str, at: datetime) -> Clauses:
    """A PIN counts on the device on which its owner came in fully, on the same day, until five wrong tries."""
    yield pin is not None, Refusal("pin_missing", _("You have not chosen a PIN yet."))
    yield (
        pin is None or not pin.is_locked,
        Refusal("pin_locked", _("Five wrong tries: this PIN is locked until you log in with your password.")),
    )
    yield (
        log_in is not None
        and log_in.ended_at is None
        and local_day(log_in.at, zone) == local_day(at, zone)
        and (log_in.with_second_factor or not settings.STAFF_MFA_REQUIRED)
        and constant_time_compare(log_in.auth_hash, user.get_session_auth_hash())
        and user.is_active,
        Refusal("log_in_of_today", _("A PIN counts after a full log-in of the same day on this device.")),
    )
