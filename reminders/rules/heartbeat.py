"""Whether the house still writes: a day with visits on which nothing went out by noon deserves a look."""

from dataclasses import dataclass
from datetime import datetime, time

from accounts.models import Clinic
from common.dates import day_bounds, local_day, zone_of
from messaging.models import MessageState
from reminders.rules.dues import RELAYED

NOON = time(12)
WENT_OUT = (MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True)
class Pulse:
    """How many visits a day has, how many messages left on it, when the last one left, and whether that is a worry."""

    visits: int
    sent: int
    waiting: int
    last_at: datetime | None
    is_silent: bool


def pulse_of(clinic: Clinic, at: datetime) -> Pulse:
    """Count the visits and messages of a day at the clinic."""
    start, end = day_bounds(local_day(at, clinic.time_zone), clinic.time_zone)
    visits = clinic.appointments.live().between(start, end).exclude(announce="nothing").count()
    written = clinic.messages.filter(kind__in=RELAYED)
    sent = written.filter(state__in=WENT_OUT, sent_at__gte=start, sent_at__lt=end).count()
    last = written.filter(state__in=WENT_OUT).order_by("-sent_at").values_list("sent_at", flat=True).first()
    is_past_noon = at.astimezone(zone_of(clinic.time_zone)).time() >= NOON
    return Pulse(visits, sent, written.waiting().count(), last, bool(visits) and not sent and is_past_noon)
