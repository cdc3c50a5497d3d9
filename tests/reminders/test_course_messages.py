"""What a patient is sent over whole courses, day by day: few, merged, and nothing before its time."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from common.dates import local_day
from messaging.models import Message, MessageKind, MessageState
from messaging.tasks import deliver
from reminders import kinds, tasks
from reminders.rules import letters
from reminders.rules.dues import GENTLE
from scheduling.actions import courses, series
from scheduling.models import Appointment
from tests.factories import scheduling as calendar
from tests.factories.plans import start
from treatments.models import ImmediateReaction, TreatmentSession

BEGIN = date(2025, 2, 10)
HOUR = timedelta(hours=1)


class Course:
    """A patient's way through a plan: booked, treated, written to, as the days pass."""

    def __init__(self, plan, clock):
        self.plan, self.clock = plan, clock
        self.by = plan.practitioner.membership.user
        self.days = self._days()

    def _days(self):
        days, day = [], BEGIN
        for visit in self.plan.course.visits.order_by("ordinal"):
            day = day + timedelta(days=visit.min_days) if days else day
            days.append(day)
        return days

    def at(self, ordinal, clock="10:00"):
        return calendar.local(self.days[ordinal - 1], clock)

    def book(self, *ordinals, at):
        self.pass_to(at)
        series.book(self.plan.course, choices=self.choices(*ordinals), by=self.by, at=at)
        self.look(at + timedelta(minutes=1))

    def choices(self, *ordinals):
        return [{"ordinal": n, "starts_at": self.at(n), "practitioner": self.plan.practitioner} for n in ordinals]

    def treat(self, ordinal, *, reaction=False):
        ended_at = self.at(ordinal, "10:40")
        self.pass_to(ended_at)
        planned = self.plan.planned_sessions.select_related("visit__appointment").get(ordinal=ordinal)
        session = TreatmentSession.objects.create(
            clinic=self.plan.clinic,
            plan=self.plan,
            planned_session=planned,
            appointment=planned.visit.appointment,
            patient=self.plan.patient,
            practitioner=self.plan.practitioner,
            location=self.plan.location,
            started_at=ended_at - HOUR,
            started_by=self.by,
            injection_started_at=ended_at - HOUR / 2,
            injection_ended_at=ended_at,
        )
        ImmediateReaction.objects.create(
            clinic=session.clinic,
            session=session,
            none_observed=not reaction,
            recorded_at=ended_at,
            recorded_by=self.by,
        )
        courses.mark_done(planned.visit, on=local_day(ended_at, "Europe/Madrid"), by=self.by, at=ended_at)
        Appointment.objects.filter(pk=planned.visit.appointment_id).update(status="done")
        self.look(ended_at + timedelta(minutes=1))
        return session

    def pass_to(self, moment):
        """Let the days run on, and look in the morning of each for what is due."""
        zone = ZoneInfo("Europe/Madrid")
        day = datetime.now(tz=zone).date()
        while (morning := datetime.combine(day, time(10, 5), tzinfo=zone)) < moment:
            if morning > datetime.now(tz=UTC):
                self.look(morning)
            day += timedelta(days=1)

    def look(self, moment):
        self.clock.move_to(moment)
        tasks.scan()
        while tasks.relay():
            pass


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2025, 1, 20, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def cellulite(house, patient, doctor, clock):
    patient.email = "amara@example.org"
    patient.save(update_fields=["email"])
    return Course(start(patient, doctor, "cellulite-15", start_on=BEGIN), clock)


def letters_by_kind():
    rows = Message.objects.filter(carried_by__isnull=True, state=MessageState.SENT)
    return Counter(rows.values_list("kind", flat=True))


def gentle_days():
    rows = Message.objects.filter(carried_by__isnull=True, state=MessageState.SENT, kind__in=GENTLE)
    return sorted(local_day(moment, "Europe/Madrid") for moment in rows.values_list("sent_at", flat=True))


def assert_few():
    days = gentle_days()
    assert len(days) == len(set(days)), "two on one day"
    for day in days:
        assert sum(day <= other < day + timedelta(days=7) for other in days) <= 3, f"four in the week from {day}"


def test_a_cellulite_course_of_fifteen_sends_at_most_forty_five(cellulite):
    cellulite.book(*range(1, 16), at=datetime(2025, 1, 20, 10, tzinfo=UTC))
    for ordinal in range(1, 16):
        cellulite.treat(ordinal)
    cellulite.pass_to(cellulite.at(15) + timedelta(days=120))

    sent = letters_by_kind()
    assert len(mail.outbox) == sum(sent.values()) <= 45, sent
    assert sent["confirmation"] == 1
    assert sent["reminder"] == sent["aftercare"] == 15
    assert sent["check_in"] == 1
    assert_few()
    said = Message.objects.filter(kind=MessageKind.NODULE_CHECK, state=MessageState.SENT)
    assert sorted(said.values_list("context__day", flat=True)) == [7, 21, 90]
    assert sent["preparation"] == 1 + 7  # the first session, and the seven after two weeks or more
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def test_nothing_is_sent_before_the_session_before_has_happened(cellulite):
    cellulite.book(1, 2, at=datetime(2025, 1, 20, 10, tzinfo=UTC))
    cellulite.pass_to(cellulite.at(2) - 40 * HOUR)

    second = Message.objects.filter(subject_id=cellulite.plan.course.visits.get(ordinal=2).appointment_id)
    assert set(second.values_list("kind", flat=True)) == {
        "confirmation",
        "preparation",
        "reminder",
    }  # nobody came to the first
    first_over = cellulite.at(1)
    assert second.get(kind="reminder").created_at > first_over


def test_a_second_session_within_two_days_waits_for_the_letter_after_the_first(cellulite, house):
    visit = cellulite.plan.course.visits.get(ordinal=2)
    type(visit).objects.filter(pk=visit.pk).update(min_days=2)
    cellulite.days[1] = BEGIN + timedelta(days=2)
    cellulite.book(1, 2, at=datetime(2025, 1, 20, 10, tzinfo=UTC))
    cellulite.pass_to(cellulite.at(1))
    second = visit_pk(cellulite, 2)
    assert not Message.objects.filter(subject_id=second, kind="reminder").exists()

    cellulite.treat(1)

    reminder = Message.objects.get(subject_id=second, kind="reminder")
    assert reminder.carried_by.kind == MessageKind.AFTERCARE
    assert "A reminder of your appointment: Wednesday 12 February 2025, 10:00" in mail.outbox[-1].body
    assert reminder.state == MessageState.SENT


def visit_pk(course, ordinal):
    return course.plan.course.visits.get(ordinal=ordinal).appointment_id


def test_instructions_come_seven_days_before_the_first_session_and_else_in_the_letter_after(cellulite):
    cellulite.book(1, 2, at=datetime(2025, 1, 20, 10, tzinfo=UTC))
    cellulite.pass_to(calendar.local(BEGIN - timedelta(days=7), "09:59"))
    assert letters_by_kind() == {"confirmation": 1}
    cellulite.look(calendar.local(BEGIN - timedelta(days=7), "10:00"))
    assert letters_by_kind()["preparation"] == 1
    assert "No sunbed" in mail.outbox[-1].body

    cellulite.treat(1)
    assert letters_by_kind()["preparation"] == 1
    assert "Your next appointment: Monday 17 February 2025, 10:00" in mail.outbox[-1].body
    assert "no alcohol the day before" in mail.outbox[-1].body


def test_a_first_session_booked_within_a_week_has_its_instructions_in_the_confirmation(cellulite):
    cellulite.book(1, at=calendar.local(BEGIN - timedelta(days=4), "12:00"))

    assert letters_by_kind() == {"confirmation": 1}
    [letter] = mail.outbox
    assert "How to prepare for Monday 10 February 2025, 10:00" in letter.body
    assert "[[" not in letter.body + letter.alternatives[0][0]
    assert "How to prepare" in letter.alternatives[0][0]


@pytest.mark.parametrize(("reaction", "asked"), [(False, [1]), (True, [1, 2])])
def test_the_question_of_the_day_after_comes_after_the_first_session_and_a_reaction_only(cellulite, reaction, asked):
    cellulite.book(1, 2, at=datetime(2025, 1, 20, 10, tzinfo=UTC))
    cellulite.treat(1)
    cellulite.pass_to(cellulite.at(1) + timedelta(days=3))
    cellulite.treat(2, reaction=reaction)
    cellulite.pass_to(cellulite.at(2) + timedelta(days=4))

    sessions = Message.objects.filter(kind="check_in").values_list("subject_id", flat=True)
    ordinals = TreatmentSession.objects.filter(pk__in=sessions).values_list("planned_session__ordinal", flat=True)
    assert sorted(ordinals) == asked


@pytest.mark.parametrize("day", [date(2025, 3, 29), date(2025, 10, 25)])  # the night after changes the clocks
def test_the_question_of_the_day_after_comes_at_ten_through_a_change_of_clocks(cellulite, day):
    cellulite.days = [day]
    cellulite.book(1, at=calendar.local(day - timedelta(days=1), "12:00"))
    cellulite.treat(1)
    cellulite.look(calendar.local(day + timedelta(days=1), "09:59"))
    assert not letters_by_kind()["check_in"]

    cellulite.look(calendar.local(day + timedelta(days=1), "10:00"))
    cellulite.look(calendar.local(day + timedelta(days=1), "10:01"))
    assert letters_by_kind()["check_in"] == 1


def test_a_visit_that_moves_while_its_letter_waits_is_left_out_of_it_and_told_on_its_own(cellulite, practitioner):
    from scheduling.actions import changes

    at = datetime(2025, 1, 20, 10, tzinfo=UTC)
    cellulite.clock.move_to(at)
    choices = [
        {"ordinal": n, "starts_at": cellulite.at(n), "practitioner": cellulite.plan.practitioner} for n in (1, 2)
    ]
    series.book(cellulite.plan.course, choices=choices, by=practitioner, at=at)
    tasks.scan()
    second = Appointment.objects.get(pk=visit_pk(cellulite, 2))
    changes.move(second, starts_at=cellulite.at(2, "11:00"), by=practitioner, at=at)

    letter = Message.objects.get(carried_by__isnull=True)
    assert deliver(letter, kinds.still_holds, letters.finished)
    assert "17 February" not in mail.outbox[0].body
    cellulite.look(at + timedelta(minutes=1))
    assert "17 February 2025, 11:00" in mail.outbox[1].body


def test_a_letter_that_is_not_sent_takes_nothing_with_it(cellulite, practitioner):
    from scheduling.actions import changes

    at = datetime(2025, 1, 20, 10, tzinfo=UTC)
    cellulite.clock.move_to(at)
    choices = [
        {"ordinal": n, "starts_at": cellulite.at(n), "practitioner": cellulite.plan.practitioner} for n in (1, 2)
    ]
    series.book(cellulite.plan.course, choices=choices, by=practitioner, at=at)
    tasks.scan()
    first = Appointment.objects.get(pk=visit_pk(cellulite, 1))
    later = [{"visit": cellulite.plan.course.visits.get(ordinal=2).pk, "action": "keep", "reason": "asked for"}]
    changes.cancel(first, reason="ill", later=later, by=practitioner, at=at)
    cellulite.look(at + timedelta(minutes=1))
    cellulite.look(at + timedelta(minutes=2))

    [letter] = mail.outbox
    assert "17 February" in letter.body
