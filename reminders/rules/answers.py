"""Until when a patient answers a reminder, and whether a link still opens."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.refused import Refusal
from common.rules import rule
from patients.models import PortalLink
from reminders.rules.dues import PLANNED
from scheduling.models import Appointment

Clauses = Iterator[tuple[bool, Refusal]]


@rule
def open_link(user: Any, link: PortalLink | None, visit: Appointment | None, *, at: datetime) -> Clauses:
    """The link of a reminder opens one page until the visit begins, for as long as the visit is not moved."""
    yield link is not None, Refusal("link_spent", _("This link is not complete. Open it again from the message."))
    if link is not None:
        yield link.withdrawn_at is None, Refusal("link_spent", _("This link was withdrawn."))
        yield link.expires_at > at, Refusal("link_spent", _("The time of this visit has passed."))
        yield (
            visit is not None,
            Refusal("link_spent", _("This visit has another time now. The newest message tells it.")),
        )
        yield (
            link.access is not None and link.access.ended_at is None and link.patient.erased_at is None,
            Refusal("link_spent", _("This link was withdrawn.")),
        )


@rule
def answer(user: Any, appointment: Appointment, *, at: datetime) -> Clauses:
    """A visit is answered for while it lies ahead and stands."""
    yield (
        appointment.status in PLANNED and appointment.starts_at > at,
        Refusal("wrong_state", _("This visit was called off or is over. Please call the clinic.")),
    )
