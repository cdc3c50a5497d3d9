"""What speaks against a booking: what refuses it, what asks for a reason, and what is only worth a note."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.access import Permission, Scope, may, reach
from accounts.models import Kind, Membership
from common.dates import local_day
from common.refused import Refusal, Refused
from common.rules import rule
from scheduling.availability import Place, Sight
from scheduling.models import Appointment, AppointmentKind, AppointmentStatus, CourseVisit
from scheduling.rules.windows import Timing, Window, booked_day, judge

GRACE = timedelta(minutes=30)
MOVABLE = (AppointmentStatus.HELD, AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
ASKS = {
    "interval_early": Permission.BOOK_EARLY,
    "outside_hours": Permission.OVERRIDE_HOURS,
    "slot_taken": Permission.OVERRIDE_HOURS,
}
Clauses = Iterator[tuple[bool, Refusal]]


def reasons_given(overrides: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Read "against this finding, for this reason"; a reason that says nothing does not count."""
    return {each["code"]: each["reason"].strip() for each in overrides if each.get("reason", "").strip()}


@dataclass(frozen=True)
class Proposal:
    """A visit as somebody would like it, and all that is known of that time."""

    clinic: Any
    patient: Any
    kind: AppointmentKind
    practitioner: Any
    starts_at: datetime
    at: datetime
    sight: Sight
    room: Any = None
    location: Any = None
    visit: CourseVisit | None = None
    window: Window | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.kind.minutes)

    @cached_property
    def place(self) -> Place:
        """Where the visit would be: the place asked for, else the one at which the practitioner works then.

        The question of hours looks at the rooms of this place only, and chooses it in the same way.
        """
        places = self.sight.places
        if not places:
            raise Refused("not_bookable", _("This location is not in use."))
        return next((each for each in places if each.in_hours), None) or next(
            (each for each in places if each.has_hours), places[0]
        )

    @property
    def day(self) -> date:
        return local_day(self.starts_at, self.place.time_zone)

    @property
    def timing(self) -> Timing | None:
        return judge(self.window, self.day) if self.window else None

    @property
    def rooms(self) -> list[dict[str, Any]]:
        """The suitable rooms, those that look free first."""
        return sorted(self.place.rooms, key=lambda room: not (room["free"] and room["in_hours"]))


def member(user: Any, proposal: Proposal) -> Membership | None:
    """The place that the booker has in the clinic, as it was just read."""
    roles = proposal.sight.roles
    return Membership(clinic=proposal.clinic, user=user, roles=roles, is_active=True) if roles else None


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _calendar_of(user: Any, proposal: Proposal, permission: Permission) -> bool:
    """Whether the permission reaches this calendar: everybody's, or one's own."""
    if user.kind == Kind.SYSTEM:
        return True
    wide = reach(member(user, proposal), permission)
    return wide == Scope.ALL or (wide == Scope.OWN and proposal.practitioner.membership.user_id == user.pk)


@rule
def who(user: Any, proposal: Proposal) -> Clauses:
    """Booking is for those whose role has it, on everybody's calendar or only on their own."""
    yield (
        _calendar_of(user, proposal, Permission.BOOK_APPOINTMENTS),
        Refusal("not_allowed", _("Your role does not allow you to book on this calendar.")),
    )
    needed = {reason.code for reason in reasons_asked.reasons_against(user, proposal)} | {"slot_taken"}
    for code in proposal.reasons.keys() & ASKS.keys() & needed:
        yield (
            _calendar_of(user, proposal, ASKS[code]),
            Refusal("not_allowed", _("Your role does not allow you to go past this finding with a reason.")),
        )


@rule
def book(user: Any, proposal: Proposal) -> Clauses:
    """What no reason opens: the plan, the licence, the training, the room, the past."""
    yield from _course(proposal)
    yield from _people(proposal)
    yield from _room(proposal)
    yield (
        proposal.starts_at >= proposal.at - GRACE,
        Refusal("not_bookable", _("This time has passed. Choose a later one.")),
    )
    yield proposal.kind.is_active, Refusal("not_bookable", _("This kind of visit is no longer offered."))


def _course(proposal: Proposal) -> Clauses:
    visit, kind = proposal.visit, proposal.kind
    if visit is None:
        yield (
            not kind.needs_course,
            Refusal(
                "not_bookable",
                _("“%(kind)s” is booked as a visit of a plan. Choose the plan's next visit.") % {"kind": kind.name},
            ),
        )
        return
    course = visit.course
    yield (
        course.patient_id == proposal.patient.pk,
        Refusal("not_bookable", _("This visit belongs to another patient's plan.")),
    )
    yield (
        visit.kind_id == kind.pk,
        Refusal("not_bookable", _("This visit of the plan is of another kind.")),
    )
    yield course.is_live, Refusal("not_bookable", _("This plan has ended."), url=course.page_url)
    yield (
        not course.is_blocked,
        Refusal(course.blocked_code, course.blocked_sentence, url=course.blocked_url or course.page_url),
    )
    yield (
        visit.done_on is None and not visit.skipped,
        Refusal("already_done", _("This visit of the plan is done or was skipped."), url=course.page_url),
    )
    yield from _window(proposal)


def _window(proposal: Proposal) -> Clauses:
    window, visit = proposal.window, proposal.visit
    if window is None or visit is None:
        return
    yield (
        proposal.timing != Timing.FORBIDDEN,
        Refusal(
            "outside_window",
            _("The product's label sets a minimum: not before %(day)s.") % {"day": _day(window.earliest_on)},
            source=_("label"),
            url=visit.course.page_url,
        ),
    )
    yield (
        proposal.timing != Timing.REASSESS or visit.reassessed_at is not None,
        Refusal(
            "reassessment_needed",
            _("More than twice the longest interval has passed. A practitioner must re-assess the patient first."),
            url=visit.course.page_url,
        ),
    )


@rule
def before_label(user: Any, proposal: Proposal) -> Clauses:
    """A visit is not squeezed in before a booked one to which a label then leaves too few days."""
    visit = proposal.visit
    if visit is None:
        return
    following = visit.course.visits.filter(ordinal__gt=visit.ordinal, skipped=False).select_related("appointment")
    upcoming = following.order_by("ordinal").first()
    day = booked_day(upcoming, proposal.place.time_zone) if upcoming is not None and upcoming.label_bound else None
    if upcoming is None or day is None:
        return
    yield (
        (day - proposal.day).days >= upcoming.min_days,
        Refusal(
            "outside_window",
            _("Visit %(n)s is booked on %(day)s, and the product's label asks for %(days)s days between the two.")
            % {"n": upcoming.ordinal, "day": _day(day), "days": upcoming.min_days},
            source=_("label"),
            url=visit.course.page_url,
        ),
    )


def _people(proposal: Proposal) -> Clauses:
    sight, name = proposal.sight, str(proposal.practitioner)
    yield sight.is_active, Refusal("not_bookable", _("%(name)s no longer works here.") % {"name": name})
    yield (
        sight.licence_expires_on is not None and sight.licence_expires_on >= proposal.day,
        Refusal(
            "licence_expired",
            _("The licence of %(name)s ends on %(day)s, before this visit.")
            % {"name": name, "day": _day(sight.licence_expires_on or proposal.day)},
            url=reverse("accounts:member_list"),
        ),
    )
    yield (
        not sight.lacks,
        Refusal(
            "not_bookable",
            _("%(name)s has not been trained for this: %(lacks)s.") % {"name": name, "lacks": ", ".join(sight.lacks)},
            url=reverse("accounts:member_list"),
        ),
    )


def _room(proposal: Proposal) -> Clauses:
    kind = proposal.kind
    if kind.needs_room:
        yield (
            bool(proposal.place.rooms),
            Refusal("not_bookable", _("No room that suits “%(kind)s” is in use here.") % {"kind": kind.name}),
        )
    if kind.device_slug:
        yield (
            bool(proposal.place.devices),
            Refusal("not_bookable", _("The device that “%(kind)s” needs is not here.") % {"kind": kind.name}),
        )


@rule
def reasons_asked(user: Any, proposal: Proposal) -> Clauses:
    """What may be done with a reason on record: an early visit, a visit outside the hours."""
    window = proposal.window
    if window:
        yield (
            proposal.timing != Timing.EARLY,
            Refusal(
                "interval_early",
                _("The interval asks for %(day)s or later. Book earlier only with a reason.")
                % {"day": _day(window.earliest_on)},
                severity="warn",
            ),
        )
    yield _in_hours(proposal)


def _in_hours(proposal: Proposal) -> tuple[bool, Refusal]:
    place, name = proposal.place, str(proposal.practitioner)
    rooms = not proposal.kind.needs_room or any(room["in_hours"] for room in place.rooms)
    if not place.in_hours:
        sentence = _("%(name)s does not work at %(place)s at this time.") % {"name": name, "place": place.name}
    else:
        sentence = _("The room is closed at this time.")
    return place.in_hours and rooms, Refusal("outside_hours", sentence, severity="warn")


@rule
def notes(user: Any, proposal: Proposal) -> Clauses:
    """What is only said: a visit after its longest interval."""
    if proposal.window:
        yield (
            proposal.timing not in (Timing.LATE, Timing.REASSESS),
            Refusal(
                "interval_late",
                _("The interval asked for %(day)s at the latest.") % {"day": _day(proposal.window.latest_on)},
                severity="note",
            ),
        )


def findings(user: Any, proposal: Proposal) -> list[Refusal]:
    """All that can be said of a time before it is booked, hardest first: what refuses, what asks, what is noted."""
    return [
        *who.reasons_against(user, proposal),
        *book.reasons_against(user, proposal),
        *reasons_asked.reasons_against(user, proposal),
        *notes.reasons_against(user, proposal),
    ]


@rule
def move(user: Any, appointment: Appointment) -> Clauses:
    """A visit is moved while nobody has arrived."""
    yield (
        appointment.status in MOVABLE,
        Refusal("wrong_state", _("This visit cannot be moved any more: %(status)s.") % _status(appointment)),
    )


@rule
def cancel(user: Any, appointment: Appointment) -> Clauses:
    """A visit is cancelled while nobody has arrived."""
    yield (
        appointment.status in MOVABLE,
        Refusal("wrong_state", _("This visit cannot be cancelled any more: %(status)s.") % _status(appointment)),
    )


@rule
def keep(user: Any, appointment: Appointment, permission: Permission = Permission.BOOK_APPOINTMENTS) -> Clauses:
    """Moving, cancelling and marking a visit are for those who may book on its calendar."""
    membership = None if user.kind != Kind.STAFF else _membership(user, appointment)
    own = appointment.practitioner.membership.user_id == user.pk
    wide = reach(membership, permission) if may(membership, permission) else None
    yield (
        user.kind == Kind.SYSTEM or wide == Scope.ALL or (wide == Scope.OWN and own),
        Refusal("not_allowed", _("Your role does not allow you to change this calendar.")),
    )


def _membership(user: Any, appointment: Appointment) -> Membership | None:
    return Membership.objects.active().filter(clinic=appointment.clinic_id, user=user).first()


def _status(appointment: Appointment) -> dict[str, str]:
    return {"status": str(AppointmentStatus(appointment.status).label).lower()}
