"""When the till of a day may be counted, and a day opened again."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Clinic
from billing.models import DayClose
from billing.rules.payments import day_is_open
from common.dates import local_day
from common.money import amount as cents
from common.refused import Refusal
from common.rules import rule

Clauses = Iterator[tuple[bool, Refusal]]


def expected_in_cash(clinic: Clinic, day: date) -> Decimal:
    """Give the cash that the payments of a day leave in the till, without the change that stays there."""
    return Decimal(clinic.payments.takings(day, day).in_cash().sum())


@rule
def close(
    user: Any, clinic: Clinic, *, day: date, counted: Decimal, expected: Decimal, reason: str, at: datetime
) -> Clauses:
    """A day is counted once, when it has come; a difference is explained."""
    yield day <= local_day(at, clinic.time_zone), Refusal("invalid", _("This day has not come yet."))
    yield counted >= 0 and counted == cents(counted), Refusal("invalid", _("Count in whole cents, from nothing up."))
    yield day_is_open(clinic, day), Refusal("already_done", _("This day is counted already."))
    yield (
        counted == expected or bool(reason.strip()),
        Refusal(
            "reason_needed",
            _("%(expected)s were expected in cash and %(counted)s counted: say why it differs.")
            % {"expected": expected, "counted": counted},
        ),
    )


@rule
def reopen(user: Any, count: DayClose, *, reason: str) -> Clauses:
    """A counted day is opened again once, with a reason."""
    yield count.reopened_at is None, Refusal("already_done", _("This day was opened again already."))
    yield bool(reason.strip()), Refusal("reason_needed", _("Say why the day is opened again."))
